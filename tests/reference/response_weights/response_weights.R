# Weighted change of those who answered (BtheB at 8 months), with a sandwich that counts the estimated probabilities: glm
# for the probabilities, the stacked estimating equations' derivative by differences. Run in this folder.
suppressMessages(library(jsonlite))
w <- read.csv("../reference_imputation/btheb.csv")
d <- w$bdi.8m - w$bdi.pre; a <- as.numeric(!is.na(d)); d[is.na(d)] <- 0; arm <- as.numeric(w$treatment == "BtheB")
X <- cbind(1, arm, w$bdi.pre, w$drug == "Yes", w$length == ">6m")
one <- function(X, groups) {
  fit <- glm(a ~ 0 + X, family = binomial, control = glm.control(epsilon = 1e-15, maxit = 100))
  q <- ncol(X); p <- fitted(fit); means <- sapply(groups, function(g) sum(g * a / p * d) / sum(g * a / p))
  U <- function(t) {
    p <- as.numeric(plogis(X %*% t[1:q]))
    cbind(X * (a - p), sapply(seq_along(groups), function(j) groups[[j]] * a / p * (d - t[q + j])))
  }
  t <- c(coef(fit), means); h <- 1e-5
  A <- sapply(seq_along(t), function(j) { e <- replace(0 * t, j, h); (colSums(U(t + e)) - colSums(U(t - e))) / (2 * h) })
  V <- solve(A) %*% crossprod(U(t)) %*% t(solve(A)); last <- q + seq_along(groups); V <- V[last, last, drop = FALSE]
  k <- if (length(groups) == 2) c(1, -1) else 1
  list(means = as.list(means), se = as.list(sqrt(diag(V))), difference = sum(k * means), difference_se = sqrt(drop(t(k) %*% V %*% k)),
       probabilities = as.numeric(p))
}
write_json(list(`_meta` = list(R = R.version.string), arms = one(X, list(arm, 1 - arm)), all = one(X[, -2], list(rep(1, nrow(w))))),
  "reference.json", digits = NA, auto_unbox = TRUE, pretty = TRUE)
