# Reference-based conditional mean imputation with jackknife, written in R from the published definitions (Carpenter,
# Roger & Kenward 2013; Wolbers et al. 2022). The model is nlme's gls (unstructured, REML), polished by optim on a REML
# likelihood written out here, since gls stops early. Run in this folder: Rscript condmean.R
suppressMessages({library(nlme); library(jsonlite)})

reml_fit <- function(Y, X, start) {                       # every column of X crossed with visit
  K <- ncol(Y); p <- ncol(X)
  code <- apply(!is.na(Y), 1, function(o) paste(which(o), collapse = ","))
  patterns <- lapply(setdiff(unique(code), ""), function(k) {
    o <- as.integer(strsplit(k, ",")[[1]]); i <- which(code == k)
    list(o = o, n = length(i), xx = crossprod(X[i, , drop = FALSE]), xy = crossprod(X[i, , drop = FALSE], Y[i, o, drop = FALSE]),
         yy = crossprod(Y[i, o, drop = FALSE]))
  })
  unpack <- function(theta) { L <- matrix(0, K, K); L[lower.tri(L, TRUE)] <- theta; diag(L) <- exp(diag(L)); L %*% t(L) }
  parts <- function(theta) {
    S <- unpack(theta); A <- matrix(0, K * p, K * p); b <- matrix(0, p, K); quad <- 0; ld <- 0
    for (q in patterns) {
      W <- solve(S[q$o, q$o, drop = FALSE]); full <- matrix(0, K, K); full[q$o, q$o] <- W
      A <- A + kronecker(full, q$xx); b[, q$o] <- b[, q$o] + q$xy %*% W
      quad <- quad + sum(W * q$yy); ld <- ld + q$n * as.numeric(determinant(S[q$o, q$o, drop = FALSE])$modulus)
    }
    R <- chol(A); beta <- backsolve(R, forwardsolve(t(R), as.numeric(b)))
    list(value = ld + 2 * sum(log(diag(R))) + quad - sum(beta * as.numeric(b)), beta = beta, sigma = S)
  }
  L <- t(chol(start)); diag(L) <- log(diag(L))
  deviance <- function(t) tryCatch(parts(t)$value, error = function(e) 1e10)  # a line search may step out of bounds
  best <- optim(L[lower.tri(L, TRUE)], deviance, method = "BFGS", control = list(reltol = 1e-16, maxit = 2000))
  gradient <- function(t) { h <- 1e-5; sapply(seq_along(t), function(j) { e <- replace(0 * t, j, h); (parts(t + e)$value - parts(t - e)$value) / (2 * h) }) }
  for (step in 1:3) {                                     # Newton steps by differences
    H <- optimHess(best$par, function(t) parts(t)$value, control = list(ndeps = rep(1e-3, length(best$par))))
    new <- best$par - solve(H, gradient(best$par)); if (all(is.finite(new)) && parts(new)$value < best$value + 1e-9) best$par <- new
  }
  q <- parts(best$par)
  list(B = matrix(q$beta, p, K), sigma = q$sigma, deviance = q$value)
}

impute_last <- function(Y, X, arm, fit, strategy) {       # arm: column 2 of X; returns the last visit, completed
  K <- ncol(Y); out <- Y[, K]
  for (i in which(is.na(out))) {
    o <- which(!is.na(Y[i, ])); own <- as.numeric(X[i, ] %*% fit$B); x <- X[i, ]; x[2] <- 0; ref <- as.numeric(x %*% fit$B)
    last <- if (length(o)) max(o) else 0; after <- seq_len(K) > last
    mu <- own
    if (strategy == "JR") mu[after] <- ref[after]
    if (strategy == "CIR") mu[after] <- if (last > 0) own[last] + ref[after] - ref[last] else ref[after]
    if (strategy == "CR") mu <- ref
    out[i] <- mu[K] + if (length(o)) fit$sigma[K, o, drop = FALSE] %*% solve(fit$sigma[o, o, drop = FALSE], Y[i, o] - mu[o]) else 0
  }
  out
}

analyse <- function(Y, X, start, analysis) {
  fit <- reml_fit(Y, X, start); lost <- is.na(Y[, ncol(Y)]); Z <- X[, analysis, drop = FALSE]
  res <- sapply(c("MAR", "JR", "CIR", "CR"), function(s) {
    y <- impute_last(Y, X, X[, 2], fit, s); m <- lm(y ~ 0 + Z); cf <- coef(m)
    at <- colMeans(Z); lo <- at; lo[2] <- 0; hi <- at; hi[2] <- 1
    c(difference = unname(cf[2]), comparison = sum(lo * cf), intervention = sum(hi * cf))
  })
  slope <- function(d) unname(coef(lm(d ~ 0 + Z))[2])
  list(fit = fit, res = res, slopes = c(T = slope(as.numeric(lost & X[, 2] == 1)), C = -slope(as.numeric(lost & X[, 2] == 0))))
}

run <- function(Y, X, start, analysis = seq_len(ncol(X))) {
  whole <- analyse(Y, X, start, analysis); n <- nrow(Y)
  parts <- lapply(seq_len(n), function(i) analyse(Y[-i, ], X[-i, ], whole$fit$sigma, analysis))
  se <- function(get) { v <- sapply(parts, get); sqrt((n - 1) / n * sum((v - mean(v))^2)) }
  strategies <- lapply(colnames(whole$res), function(s) {
    errors <- sapply(rownames(whole$res), function(r) se(function(q) q$res[r, s]))
    deltas <- lapply(list(c(2, 0), c(5, 5), c(-3, 1)), function(d) {
      value <- function(q) q$res["difference", s] + q$slopes["T"] * d[1] - q$slopes["C"] * d[2]
      list(intervention = d[1], comparison = d[2], estimate = unname(value(whole)), se = se(value))
    })
    list(estimate = as.list(whole$res[, s]), se = as.list(errors), deltas = deltas)
  })
  list(sigma = whole$fit$sigma, coefficients = whole$fit$B, slopes = as.list(whole$slopes),
       strategies = setNames(strategies, colnames(whole$res)))
}

w <- read.csv("btheb.csv"); Y <- as.matrix(w[, c("bdi.2m", "bdi.3m", "bdi.5m", "bdi.8m")]); dimnames(Y) <- NULL
X <- cbind(1, w$treatment == "BtheB", w$bdi.pre, w$drug == "Yes", w$length == ">6m") * 1
long <- data.frame(y = as.numeric(Y), visit = rep(1:4, each = nrow(w)), id = rep(seq_len(nrow(w)), 4), X[rep(seq_len(nrow(w)), 4), -1])
g <- gls(y ~ factor(visit) * (X1 + X2 + X3 + X4), long[!is.na(long$y), ], correlation = corSymm(form = ~ visit | id),
         weights = varIdent(form = ~ 1 | visit), control = glsControl(tolerance = 1e-9, msTol = 1e-10))
sd <- g$sigma * c(1, exp(as.numeric(g$modelStruct$varStruct)))
R <- diag(4); R[lower.tri(R)] <- coef(g$modelStruct$corStruct, unconstrained = FALSE); R[upper.tri(R)] <- t(R)[upper.tri(R)]
start <- R * outer(sd, sd)
btheb <- run(Y, X, start); btheb$gls_sigma <- start; btheb$gls_log_likelihood <- as.numeric(logLik(g))
baseline_only <- run(Y, X, start, analysis = 1:3)

f <- read.csv("fev.csv"); FY <- as.matrix(f[, c("VIS1", "VIS2", "VIS3", "VIS4")]); dimnames(FY) <- NULL
FX <- cbind(1, f$ARMCD == "TRT", f$FEV1_BL) * 1
fev <- run(FY, FX, diag(4) * var(as.numeric(FY), na.rm = TRUE))
write_json(list(`_meta` = list(R = R.version.string, nlme = as.character(packageVersion("nlme"))), btheb = btheb,
  btheb_baseline_only = baseline_only, fev = fev), "reference.json", digits = NA, auto_unbox = TRUE, pretty = TRUE)
