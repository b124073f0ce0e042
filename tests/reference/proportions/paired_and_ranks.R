# McNemar (exact and mid-P) by binomial probabilities; Brunner and Munzel 2000 written out; Wilson for pairs without equals
library(jsonlite)
out <- list(`_meta` = list(R = R.version.string))
out$mcnemar <- lapply(list(c(12, 2), c(0, 5), c(7, 7), c(3, 9), c(1, 0)), function(x) {
  b <- x[1]; c <- x[2]; n <- b + c; exact <- binom.test(b, n)$p.value
  list(b = b, c = c, exact = exact, mid = if (b == c) 1 - dbinom(b, n, .5) else exact - dbinom(min(b, c), n, .5))
})
bm <- function(x, y) { # probability that x is higher than y, equals half
  n1 <- length(x); n2 <- length(y); r <- rank(c(x, y)); r1 <- r[1:n1]; r2 <- r[-(1:n1)]
  p <- (mean(r1) - mean(r2)) / (n1 + n2) + .5
  v1 <- var(r1 - rank(x)) ; v2 <- var(r2 - rank(y))
  se <- sqrt(v1 / (n1 * n2^2) + v2 / (n2 * n1^2))
  df <- (n1 * v1 + n2 * v2)^2 / ((n1 * v1)^2 / (n1 - 1) + (n2 * v2)^2 / (n2 - 1))
  list(x = x, y = y, p = p, ci = p + c(-1, 1) * qt(.975, df) * se, p_value = 2 * pt(-abs(p - .5) / se, df))
}
# pain after two operations, as in Brunner & Munzel (2000)
out$ranks <- list(bm(c(1,2,1,1,1,1,1,1,1,1,2,4,1,1), c(3,3,4,3,1,2,3,1,1,5,4)), bm(c(3.1,4,5,5,6.5,9), c(2,3,4,4,5.5,1,0)))
out$signs <- lapply(list(c(9, 3), c(17, 5), c(1, 6)), function(x) list(higher = x[1], lower = x[2], ci = as.numeric(prop.test(x[1], sum(x), correct = FALSE)$conf.int), p = prop.test(x[1], sum(x), p = .5, correct = FALSE)$p.value))
write_json(out, "paired_and_ranks.json", digits = NA, auto_unbox = TRUE, pretty = TRUE)
