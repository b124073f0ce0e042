# Inverse probability, calendar and group averages, clusters, gaps, and every deal and sign pattern by brute force.
# Base R; derivatives of the estimating equations by differences. Run in this folder.
suppressMessages(library(jsonlite))
d <- read.csv("mpdta.csv"); d$G <- d$first.treat
W <- reshape(d[, c("countyreal", "year", "lemp", "lpop", "G")], idvar = c("countyreal", "G", "lpop"), timevar = "year", direction = "wide")
W <- W[order(as.character(W$countyreal)), ]; n <- nrow(W); years <- 2003:2007; gs <- c(2004, 2006, 2007)
Y0 <- as.matrix(W[, paste0("lemp.", years)]); cl <- W$countyreal %/% 1000
estimate <- function(Y, cov, never = FALSE) {
  cells <- list()
  for (g in gs) for (t in years[-1]) {
    b <- if (t >= g) g - 1 else t - 1; dy <- Y[, t - 2002] - Y[, b - 2002]; D <- as.numeric(W$G == g)
    C <- if (never) W$G == 0 else W$G == 0 | (W$G > t & W$G != g)
    s <- which((D == 1 | C) & !is.na(dy)); dy <- dy[s]; D <- D[s]; X <- if (cov) cbind(1, W$lpop[s]) else matrix(1, length(s), 1); k <- ncol(X); m <- length(s)
    p <- coef(glm(D ~ X - 1, family = binomial, control = glm.control(epsilon = 1e-15, maxit = 100)))
    e <- plogis(drop(X %*% p)); w <- (1 - D) * e / (1 - e); th <- c(mean(dy[D == 1]), sum(w * dy) / sum(w), p)
    psi <- function(u) { e <- plogis(drop(X %*% u[-(1:2)])); cbind(D * (dy - u[1]), (1 - D) * e / (1 - e) * (dy - u[2]), X * (D - e)) }
    A <- matrix(0, k + 2, k + 2)
    for (j in seq_along(th)) { h <- 1e-4 * max(1, abs(th[j])); f <- function(h) { u <- th; u[j] <- u[j] + h; colMeans(psi(u)) }; A[, j] <- (8 * (f(h) - f(-h)) - (f(2 * h) - f(-2 * h))) / (12 * h) }
    inf <- -psi(th) %*% t(solve(A)); full <- numeric(n); full[s] <- (inf[, 1] - inf[, 2]) * n / m
    cells[[length(cells) + 1]] <- list(g = g, t = t, att = unname(th[1] - th[2]), psi = full)
  }
  cells
}
summarise <- function(cells) {
  se <- function(x) sqrt(sum(x^2)) / n; sec <- function(x) sqrt(sum(tapply(x, cl, sum)^2)) / n
  pg <- sapply(gs, function(g) mean(W$G == g)); names(pg) <- gs
  both <- function(est, psi) list(est = est, se = se(psi), se_cluster = sec(psi))
  wavg <- function(ix) { G <- sapply(cells[ix], `[[`, "g"); p <- pg[as.character(G)]; w <- p / sum(p); a <- sapply(cells[ix], `[[`, "att")
    I <- sapply(G, function(g) (W$G == g) - pg[as.character(g)]); I <- matrix(I, n); wi <- I / sum(p) - rowSums(I) %*% t(p / sum(p)^2)
    list(est = sum(w * a), psi = Reduce(`+`, Map(function(c, w) c$psi * w, cells[ix], w)) + drop(wi %*% a)) }
  g <- sapply(cells, `[[`, "g"); t <- sapply(cells, `[[`, "t"); post <- t >= g
  out <- list(cells = lapply(cells, function(c) c(list(g = c$g, t = c$t), both(c$att, c$psi))))
  s <- wavg(which(post)); out$simple <- both(s$est, s$psi)
  ev <- sort(unique(t - g)); dy <- lapply(ev, function(e) wavg(which(t - g == e))); out$dynamic <- lapply(dy, function(x) both(x$est, x$psi))
  k <- which(ev >= 0); out$dynamic_overall <- both(mean(sapply(dy[k], `[[`, "est")), Reduce(`+`, lapply(dy[k], `[[`, "psi")) / length(k))
  ca <- lapply(sort(unique(t[post])), function(u) wavg(which(post & t == u))); out$calendar <- lapply(ca, function(x) both(x$est, x$psi))
  out$calendar_overall <- both(mean(sapply(ca, `[[`, "est")), Reduce(`+`, lapply(ca, `[[`, "psi")) / length(ca))
  gr <- lapply(gs, function(u) { ix <- which(post & g == u); list(est = mean(sapply(cells[ix], `[[`, "att")), psi = Reduce(`+`, lapply(cells[ix], `[[`, "psi")) / length(ix)) })
  out$group <- lapply(gr, function(x) both(x$est, x$psi))
  w <- pg / sum(pg); a <- sapply(gr, `[[`, "est"); I <- sapply(gs, function(u) (W$G == u) - pg[as.character(u)]); wi <- I / sum(pg) - rowSums(I) %*% t(pg / sum(pg)^2)
  out$group_overall <- both(sum(w * a), Reduce(`+`, Map(function(x, w) x$psi * w, gr, w)) + drop(wi %*% a))
  pre <- which(!post); P <- sapply(cells[pre], `[[`, "psi"); a <- sapply(cells[pre], `[[`, "att"); V <- crossprod(P) / n^2; Vc <- crossprod(rowsum(P, cl)) / n^2
  out$pre_trend <- drop(a %*% solve(V, a)); out$pre_trend_cluster <- drop(a %*% solve(Vc, a)); out$pre_trend_p <- pchisq(out$pre_trend, length(pre), lower.tail = FALSE); out
}
Yg <- Y0; for (j in 1:5) Yg[(seq_len(n) + 2 * j) %% 13 == 0, j] <- NA
res <- list(ipw_lpop_notyet = summarise(estimate(Y0, TRUE)), uncond_never = summarise(estimate(Y0, FALSE, TRUE)), gaps_ipw_lpop_notyet = summarise(estimate(Yg, TRUE)))
res$gaps <- lapply(1:5, function(j) W$countyreal[is.na(Yg[, j])])
# randomisation: 8 places, five periods, starts dealt out in every way; effect of places alike
J <- 8; T <- 5; start <- c(3, 3, 4, Inf, Inf, Inf, Inf, 2); M <- outer(1:J, 1:T, function(i, t) sin(3 * i) + .3 * t * cos(i) + .4 * sin(7 * i * t)); M <- M + .9 * outer(start, 1:T, `<=`)
effect <- function(s) { tot <- 0; w <- 0; for (g in unique(s[is.finite(s)])) for (t in g:T) { ch <- M[, t] - M[, g - 1]; if (!any(s > t)) next
  tot <- tot + sum(s == g) * (mean(ch[s == g]) - mean(ch[s > t])); w <- w + sum(s == g) }; tot / w }
deals <- list(); for (a in 1:J) for (b in setdiff(1:J, a)) for (cd in combn(setdiff(1:J, c(a, b)), 2, simplify = FALSE)) { s <- rep(Inf, J); s[a] <- 2; s[b] <- 4; s[cd] <- 3; deals[[length(deals) + 1]] <- s }
e <- sapply(deals, effect); res$randomisation <- list(means = M, start = ifelse(is.finite(start), start, 0), estimate = effect(start), n = length(deals), p = mean(abs(e) >= abs(effect(start)) - 1e-12))
# wild cluster bootstrap with the null imposed, every sign pattern, each refitted by lm; t by CR0
set.seed(7); N <- 96; q <- data.frame(c = rep(1:8, each = 12)); q$x <- (q$c <= 3) + .2 * sin(seq_len(N)); q$v <- cos(2 * seq_len(N)); q$y <- .5 * q$x + .3 * q$v + rep(rnorm(8), each = 12) * .6 + rnorm(N)
tstat <- function(answer, b0) { m <- lm(answer ~ x + v, q); X <- model.matrix(m); B <- solve(crossprod(X)); S <- rowsum(X * residuals(m), q$c); (coef(m)[2] - b0) / sqrt((B %*% crossprod(S) %*% B)[2, 2]) }
signs <- as.matrix(expand.grid(rep(list(c(-1, 1)), 8)))
pv <- function(b0) { r <- lm(I(y - b0 * x) ~ v, q); f <- fitted(r) + b0 * q$x; u <- residuals(r); t0 <- abs(tstat(q$y, b0)); mean(apply(signs, 1, function(s) abs(tstat(f + s[q$c] * u, b0))) >= t0 * (1 - 1e-10)) }
res$wild <- list(data = q, at = c(0, .2, -.5, 1.1), p = sapply(c(0, .2, -.5, 1.1), pv), estimate = unname(coef(lm(y ~ x + v, q))[2]))
res$R <- R.version.string
write_json(res, "more_cases.json", digits = NA, auto_unbox = TRUE, pretty = TRUE)
