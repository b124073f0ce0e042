# Charts over time by other ways than ours: run lengths by integral equations (Gauss-Legendre), limits by written-out sums.
# Base R and jsonlite only. Run in this folder: Rscript charts.R
suppressMessages(library(jsonlite))
gauss <- function(n, a, b) {
  i <- seq_len(n - 1); off <- i / sqrt(4 * i^2 - 1); m <- matrix(0, n, n); m[cbind(i, i + 1)] <- off; m[cbind(i + 1, i)] <- off
  e <- eigen(m, symmetric = TRUE); list(x = (b - a) / 2 * e$values + (a + b) / 2, w = (b - a) * e$vectors[1, ]^2)
}
# one-sided CUSUM of normal scores: L(z) = 1 + L(0) pnorm(k - z - d) + integral over 0..h of L(x) dnorm(x + k - z - d)
cusum_arl <- function(h, k, d, n = 80) {
  g <- gauss(n, 0, h); z <- c(0, g$x)
  q <- cbind(pnorm(k - z - d), t(sapply(z, function(s) g$w * dnorm(g$x + k - s - d))))
  solve(diag(n + 1) - q, rep(1, n + 1))[1]
}
# two-sided EWMA (Crowder 1987): L(z) = 1 + (1/l) integral over -c..c of L(x) dnorm((x - (1 - l) z) / l - d)
ewma_arl <- function(l, L, d, n = 160) {
  c <- L * sqrt(l / (2 - l)); g <- gauss(n, -c, c)
  kern <- function(z) g$w * dnorm((g$x - (1 - l) * z) / l - d) / l
  at <- solve(diag(n) - t(sapply(g$x, kern)), rep(1, n)); 1 + sum(kern(0) * at)
}
cu <- expand.grid(h = c(2, 4, 5, 8.01), k = c(.25, .5), shift = c(0, .5, 1))
cu$arl <- mapply(cusum_arl, cu$h, cu$k, cu$shift)
ew <- data.frame(weight = c(.05, .1, .2, .4, .75, .1, .2, .05), limit = c(2.615, 2.814, 2.962, 3.054, 3.087, 2.7, 2.86, 2.216), shift = c(0, 0, 0, 0, 0, .5, 1, 1))
ew$arl <- mapply(ewma_arl, ew$weight, ew$limit, ew$shift)
set.seed(20); x <- round(c(rnorm(24, 52, 6), rnorm(12, 59, 6)), 1)
mr <- mean(abs(diff(x[1:24]))); d2 <- 2 / sqrt(pi); centre <- mean(x[1:24])
xmr <- list(values = x, baseline = 24, centre = centre, moving_range = mr, sigma = mr / d2, low = centre - 3 * mr / d2, high = centre + 3 * mr / d2)
n <- round(runif(30, 80, 900)); p <- plogis(rnorm(30, qlogis(.3), .18)); y <- rbinom(30, n, p)
b <- 1:20; pbar <- sum(y[b]) / sum(n[b]); s <- sqrt(pbar * (1 - pbar) / n); z <- (y / n - pbar) / s; sz <- mean(abs(diff(z[b]))) / d2
laney <- list(counts = y, totals = n, baseline = 20, centre = pbar, sigma_z = sz, low = pmax(0, pbar - 3 * s * sz), high = pmin(1, pbar + 3 * s * sz), plain_high = pmin(1, pbar + 3 * s))
zr <- rnorm(60); zr[31:60] <- zr[31:60] + .8; l <- .2; e <- Reduce(function(a, b) (1 - l) * a + l * b, zr, accumulate = TRUE, 0)[-1]
up <- Reduce(function(a, b) max(0, a + b - .25), zr, accumulate = TRUE, 0)[-1]; down <- Reduce(function(a, b) max(0, a - b - .25), zr, accumulate = TRUE, 0)[-1]
write_json(list(`_meta` = list(R = R.version.string), cusum_arl = cu, ewma_arl = ew, xmr = xmr, laney = laney,
  residuals = list(z = zr, ewma = e, up = up, down = down),
  published_champ_woodall_1987 = list(beyond = 370.40, two_of_three = 225.44, four_of_five = 166.05, eight = 152.73, two_four = 132.89, two_eight = 122.05, four_eight = 105.78, all = 91.75)),
  "charts.json", digits = NA, auto_unbox = TRUE, pretty = TRUE)
