# Conditional normal probability of a change beyond a threshold, person by person with solve() and pnorm()
library(jsonlite)
set.seed(20260119); n <- 80; K <- 4
mu <- outer(rnorm(n, 50, 3), c(0, 3, 5, 6), "+")
S <- 100 * .65^abs(outer(1:K, 1:K, "-")) * outer(c(1, 1.1, 1.15, 1.2), c(1, 1.1, 1.15, 1.2))
y <- round(mu + matrix(rnorm(n * K), n) %*% chol(S))
for (k in 2:K) y[runif(n) < .25, k] <- NA
y[c(3, 17), 1] <- NA; y[17, ] <- NA
thr <- 8
one <- function(i, sign) {
  cc <- c(-1, 0, 0, 1); h <- which(!is.na(y[i, ])); m <- sum(cc * mu[i, ]); v <- drop(t(cc) %*% S %*% cc)
  if (length(h)) { w <- solve(S[h, h, drop = FALSE], S[h, , drop = FALSE] %*% cc); m <- m + sum(w * (y[i, h] - mu[i, h])); v <- v - drop(t(cc) %*% S[, h, drop = FALSE] %*% w) }
  if (all(c(1, 4) %in% h)) return(as.numeric(sign * (y[i, 4] - y[i, 1]) > thr))
  pnorm((sign * m - thr) / sqrt(v))
}
up <- sapply(1:n, one, 1); down <- sapply(1:n, one, -1)
write.csv(cbind(y, mu), "scores.csv", row.names = FALSE, na = "")
write_json(list(`_meta` = list(R = R.version.string), covariance = S, threshold = thr, probabilities = up, improved = mean(up), deteriorated = mean(down), observed = sum(!is.na(y[, 1]) & !is.na(y[, 4]))),
  "responders.json", digits = NA, auto_unbox = TRUE, pretty = TRUE)
