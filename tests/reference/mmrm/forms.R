# Forms of covariance, an unstructured fit by another program, and robust uncertainty by cluster, by whole matrices.
suppressMessages(suppressWarnings({library(jsonlite); library(nlme); library(glmmTMB)}))
versions <- list(R = R.version.string, nlme = as.character(packageVersion("nlme")), glmmTMB = as.character(packageVersion("glmmTMB")))
keep_best <- function(...) { fits <- Filter(Negate(is.null), lapply(list(...), function(f) tryCatch(suppressWarnings(f()), error = function(e) NULL))); fits[[which.max(sapply(fits, function(f) as.numeric(logLik(f))))]] }
tight <- glmmTMBControl(optCtrl = list(iter.max = 2000, eval.max = 4000, rel.tol = 1e-14, x.tol = 1e-12), zerodisp_val = -12)
# glmmTMB finds the neighbourhood of the top and its log-likelihood; its standard errors are of the joint information and its
# zero residual isn't quite zero, so estimates come from generalised least squares, written out, at the top of the likelihood.
blocks <- function(data) split(seq_len(nrow(data)), droplevels(data$id))
likelihood <- function(S, X, y, data, reml) {
  A <- 0; r <- 0; yy <- 0; ld <- 0
  for (w in blocks(data)) { V <- S[data$k[w], data$k[w], drop = FALSE]; W <- solve(V); x <- X[w, , drop = FALSE]; A <- A + t(x) %*% W %*% x; r <- r + t(x) %*% W %*% y[w]; yy <- yy + sum(y[w] * (W %*% y[w])); ld <- ld + as.numeric(determinant(V)$modulus) }
  b <- solve(A, r); free <- length(y) - if (reml) ncol(X) else 0
  list(l = -0.5 * (free * log(2 * pi) + ld + yy - sum(r * b) + if (reml) as.numeric(determinant(A)$modulus) else 0), b = b, v = solve(A))
}
shape <- list(us = function(t, k) { L <- matrix(0, k, k); L[lower.tri(L, TRUE)] <- t; L %*% t(L) },
  toep = function(t, k) outer(exp(t[1:k]), exp(t[1:k])) * toeplitz(c(1, t[-(1:k)])), cs = function(t, k) outer(exp(t[1:k]), exp(t[1:k])) * (diag(k) * (1 - t[k + 1]) + t[k + 1]))
unshape <- list(us = function(S) t(chol(S))[lower.tri(S, TRUE)], toep = function(S) c(log(sqrt(diag(S))), cov2cor(S)[1, -1]), cs = function(S) c(log(sqrt(diag(S))), cov2cor(S)[1, 2]))
by_tmb <- function(formula, data, reml, form) {
  fit <- suppressWarnings(glmmTMB(formula, data, REML = reml, dispformula = ~0, control = tight))
  v <- VarCorr(fit)$cond[[1]]; k <- nrow(v); X <- model.matrix(mf, data)
  target <- function(t) { S <- shape[[form]](t, k); if (min(eigen(S, TRUE)$values) <= 0) return(1e10); -likelihood(S, X, data$FEV1, data, reml)$l }
  t <- unshape[[form]](matrix(v, k))
  gradient <- function(t) sapply(seq_along(t), function(i) { h <- 1e-4 * max(1, abs(t[i])); e <- replace(0 * t, i, h); (8 * (target(t + e) - target(t - e)) - (target(t + 2 * e) - target(t - 2 * e))) / (12 * h) })
  for (i in 1:2) { H <- optimHess(t, target, gradient); t <- t - solve(H, gradient(t)) }
  S <- shape[[form]](t, k); top <- likelihood(S, X, data$FEV1, data, reml)
  list(loglik = top$l, loglik_glmmTMB = as.numeric(logLik(fit)), coef = as.list(setNames(top$b, colnames(X))), se = as.list(setNames(sqrt(diag(top$v)), colnames(X))), sigma = unname(S))
}
by_gls <- function(model, data, correlation, weights, reml) {
  one <- function(optimiser) function() gls(model, data, correlation = correlation, weights = weights, method = if (reml) "REML" else "ML",
    control = glsControl(opt = optimiser, tolerance = 1e-12, msTol = 1e-14, maxIter = 500, msMaxIter = 500, returnObject = TRUE))
  fit <- keep_best(one("nlminb"), one("optim"))
  whole <- names(which.max(table(data$id)))
  s <- getVarCov(fit, individual = whole)
  list(loglik = as.numeric(logLik(fit)), coef = as.list(coef(fit)), se = as.list(sqrt(diag(vcov(fit)))), sigma = unname(matrix(s, nrow(s))))
}
fev <- read.csv("fev.csv"); fev <- fev[!is.na(fev$FEV1), ]; fev$id <- factor(fev$USUBJID); fev$AVISIT <- factor(fev$AVISIT); fev$ARMCD <- factor(fev$ARMCD); fev$SEX <- factor(fev$SEX, levels = c("Male", "Female"))
fev <- fev[order(fev$id, fev$AVISIT), ]; fev$k <- as.integer(fev$AVISIT); mf <- FEV1 ~ SEX + ARMCD * AVISIT
out <- list(`_meta` = versions)
for (reml in c(TRUE, FALSE)) { m <- if (reml) "reml" else "ml"
  out[[m]] <- list(
    unstructured = by_tmb(update(mf, ~ . + us(AVISIT + 0 | id)), fev, reml, "us"),
    `heterogeneous-toeplitz` = by_tmb(update(mf, ~ . + toep(AVISIT + 0 | id)), fev, reml, "toep"),
    `heterogeneous-compound-symmetry` = by_tmb(update(mf, ~ . + cs(AVISIT + 0 | id)), fev, reml, "cs"),
    `compound-symmetry` = by_gls(mf, fev, corCompSymm(form = ~ k | id), NULL, reml)) }
# a negative covariance between occasions: compound symmetry that no random intercept can give
set.seed(7); neg <- expand.grid(k = 1:3, id = 1:40); e <- matrix(rnorm(120), 40); e <- e - 0.8 * rowMeans(e); neg$y <- round(as.vector(t(e)) * 5 + 30, 3); neg$y[c(5, 17, 60, 61)] <- NA
write.csv(neg, "negative.csv", row.names = FALSE, na = ""); neg <- neg[!is.na(neg$y), ]; neg$t <- factor(neg$k)
out$negative <- by_gls(y ~ t, neg, corCompSymm(-0.2, form = ~ k | id), NULL, TRUE)
ort <- as.data.frame(Orthodont); ort$id <- ort$Subject; ort$k <- as.integer(factor(ort$age)); ort$fage <- factor(ort$age)
write.csv(ort[, c("distance", "age", "Subject", "Sex")], "orthodont.csv", row.names = FALSE)
ort$Sex <- factor(ort$Sex, levels = c("Female", "Male")); ort$fage <- relevel(ort$fage, "8")
un <- by_gls(distance ~ fage * Sex, ort, corSymm(form = ~ k | id), varIdent(form = ~ 1 | k), TRUE)
un$sigma <- NULL; out$orthodont <- un
# robust by cluster: every matrix written out, at the covariance of the unstructured REML fit above
fev$cluster <- as.integer(sub("PT", "", fev$USUBJID)) %% 9
fev <- fev[order(fev$cluster, fev$id, fev$k), ]; X <- model.matrix(mf, fev); S <- out$reml$unstructured$sigma
L <- matrix(0, nrow(fev), nrow(fev)); for (i in levels(fev$id)) { w <- which(fev$id == i); if (length(w)) L[w, w] <- t(chol(S[fev$k[w], fev$k[w], drop = FALSE])) }
x <- solve(L, X); y <- solve(L, fev$FEV1); Phi <- solve(crossprod(x)); b <- Phi %*% crossprod(x, y); r <- y - x %*% b; H <- x %*% Phi %*% t(x)
power <- function(m, p) { e <- eigen((m + t(m)) / 2); v <- ifelse(e$values < 1e-9, 0, e$values^p); e$vectors %*% (v * t(e$vectors)) }
for (kind in c("CR0", "CR2", "CR3")) { meat <- 0; U <- array(0, c(nrow(x), ncol(x), 9))
  for (g in 0:8) { w <- which(fev$cluster == g); I <- diag(length(w)); A <- switch(kind, CR0 = I, CR2 = power(I - H[w, w], -0.5), CR3 = solve(I - H[w, w])); u <- t(x[w, ]) %*% A; meat <- meat + (u %*% r[w]) %*% t(u %*% r[w]); U[, , g + 1] <- (diag(nrow(x)) - H)[, w] %*% A %*% x[w, ] %*% Phi }
  df <- sapply(seq_len(ncol(x)), function(j) { G <- crossprod(U[, j, ]); sum(diag(G))^2 / sum(G^2) })
  out$cluster[[kind]] <- list(se = as.list(setNames(sqrt(diag(Phi %*% meat %*% Phi)), colnames(X))), df = as.list(setNames(df, colnames(X)))) }
write_json(out, "forms.json", digits = NA, auto_unbox = TRUE, pretty = TRUE)
