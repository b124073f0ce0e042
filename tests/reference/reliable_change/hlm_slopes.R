# Predicted slopes and their conditional standard deviations, of everybody with three answers or more
suppressMessages(library(lme4))
d <- read.csv("claus_2020.csv"); d <- d[!is.na(d$bdi), ]
k <- table(d$id); d <- d[d$id %in% names(k)[k >= 3], ]
fit <- lmer(bdi ~ time + (time | id), d)
r <- ranef(fit, condVar = TRUE)$id
out <- data.frame(id = rownames(r), slope = r$time, sd = sqrt(attr(r, "postVar")[2, 2, ]), answers = as.integer(k[rownames(r)]))
out$slope <- format(out$slope, digits = 17, trim = TRUE); out$sd <- format(out$sd, digits = 17, trim = TRUE)
write.csv(out, "hlm_slopes.csv", row.names = FALSE, quote = FALSE)
