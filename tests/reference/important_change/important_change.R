# Predictive-modelling important change by glm; standard errors by the jackknife (one person left out at a time)
library(jsonlite)
set.seed(20260118); n <- 250
change <- round(rnorm(n, 6, 10), 1); better <- as.integer(change + rnorm(n, 0, 9) > 5)
mic <- function(d) {
  b <- unname(coef(glm(better ~ change, binomial, d, control = list(epsilon = 1e-14, maxit = 100)))); p <- mean(d$better); lo <- log(p / (1 - p))
  r <- cor(d$change, d$better); s <- sd(d$change)
  c((lo - b[1]) / b[2], (lo - b[1]) / b[2] - (.090 + .103 * r) * s * lo)
}
d <- data.frame(change, better); all <- mic(d)
left <- sapply(seq_len(n), function(i) mic(d[-i, ]))
se <- sqrt((n - 1) / n * rowSums((left - rowMeans(left))^2))
write.csv(d, "anchor.csv", row.names = FALSE)
write_json(list(`_meta` = list(R = R.version.string), predicted = all[1], adjusted = all[2], se_predicted = se[1], se_adjusted = se[2], r = cor(change, better), sd = sd(change), p = mean(better)),
  "important_change.json", digits = NA, auto_unbox = TRUE, pretty = TRUE)
