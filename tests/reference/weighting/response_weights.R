# The sandwich of all estimating equations together, with derivatives by differences: response weights, augmentation and
# an outcome model of other columns, on LaLonde's data with outcomes taken out by rule. Base R. Run in this folder.
suppressMessages(library(jsonlite))
d <- read.csv("lalonde.csv"); n <- nrow(d); z <- d$treat; row <- seq_len(n)
X <- as.matrix(cbind(1, d[, c("age", "educ", "black", "hispan", "married", "nodegree", "re74", "re75")]))
gone <- (row %% 5 == 0 & d$age < 27) | (row %% 7 == 0 & d$black == 1) | row %% 11 == 0
a <- as.numeric(!gone); y <- ifelse(gone, 0, d$re78); V <- cbind(1, z, d$age, d$black); O <- cbind(1, d$age, d$educ, d$re74, d$re75)
fit <- function(f) coef(glm(f, family = binomial, control = glm.control(epsilon = 1e-15, maxit = 100)))
b <- fit(z ~ X - 1); g <- fit(a ~ V - 1)
sandwich <- function(psi, theta, con) { k <- length(theta); A <- matrix(0, k, k)
  for (j in seq_len(k)) { h <- 1e-4 * max(1, abs(theta[j])); d1 <- function(h) { u <- theta; u[j] <- u[j] + h; colMeans(psi(u)) }
    A[, j] <- (8 * (d1(h) - d1(-h)) - (d1(2 * h) - d1(-2 * h))) / (12 * h) }
  P <- psi(theta); I <- solve(A); S <- I %*% (crossprod(P) / n) %*% t(I) / n; sqrt(drop(con %*% S %*% con)) }
part <- function(e, k) switch(k, ate = list(1 / e, 1 / (1 - e), rep(1, n)), att = list(rep(1, n), e / (1 - e), e), overlap = list(1 - e, e, e * (1 - e)))
out <- list(gone = which(gone) - 1)
for (k in c("ate", "att", "overlap")) {
  psi <- function(t) { e <- plogis(drop(X %*% t[3:11])); r <- plogis(drop(V %*% t[12:15])); w <- part(e, k)
    cbind(z * a / r * w[[1]] * (y - t[1]), (1 - z) * a / r * w[[2]] * (y - t[2]), X * (z - e), V * (a - r)) }
  e <- plogis(drop(X %*% b)); r <- plogis(drop(V %*% g)); w <- part(e, k); w1 <- z * a / r * w[[1]]; w0 <- (1 - z) * a / r * w[[2]]
  m1 <- sum(w1 * y) / sum(w1); m0 <- sum(w0 * y) / sum(w0)
  out[[k]] <- list(est = m1 - m0, se = sandwich(psi, c(m1, m0, b, g), c(1, -1, rep(0, 13))), treated = m1, control = m0)
  f1 <- coef(lm(y ~ O - 1, subset = z * a == 1)); f0 <- coef(lm(y ~ O - 1, subset = (1 - z) * a == 1))
  psi <- function(t) { e <- plogis(drop(X %*% t[5:13])); r <- plogis(drop(V %*% t[14:17])); w <- part(e, k); M1 <- drop(O %*% t[18:22]); M0 <- drop(O %*% t[23:27])
    cbind(z * a / r * w[[1]] * (y - M1 - t[1]), (1 - z) * a / r * w[[2]] * (y - M0 - t[2]), w[[3]] * (M1 - t[3]), w[[3]] * (M0 - t[4]),
      X * (z - e), V * (a - r), O * (z * a * (y - M1)), O * ((1 - z) * a * (y - M0))) }
  M1 <- drop(O %*% f1); M0 <- drop(O %*% f0); h <- w[[3]]
  t <- c(sum(w1 * (y - M1)) / sum(w1), sum(w0 * (y - M0)) / sum(w0), sum(h * M1) / sum(h), sum(h * M0) / sum(h))
  out[[paste0(k, "_augmented")]] <- list(est = t[1] + t[3] - t[2] - t[4], se = sandwich(psi, c(t, b, g, f1, f0), c(1, -1, 1, -1, rep(0, 23))), treated = t[1] + t[3], control = t[2] + t[4])
}
out$R <- R.version.string
write_json(out, "response_weights.json", digits = NA, auto_unbox = TRUE, pretty = TRUE)
