# Case mix, ratios and limits by other ways than ours. Base R and jsonlite only. Run in this folder: Rscript funnel.R
suppressMessages(library(jsonlite))
surgery <- read.csv("surgery.csv"); units <- read.csv("units.csv")
early <- surgery[surgery$date < 730, ]
fit <- glm(y ~ Parsonnet, binomial, early, control = list(epsilon = 1e-14)); co <- summary(fit)$coefficients
two <- glm(y ~ Parsonnet + I(surgeon == 1), binomial, surgery, control = list(epsilon = 1e-14)); c2 <- summary(two)$coefficients
lin <- lm(Parsonnet ~ y + I(date / 365), surgery); cl <- summary(lin)$coefficients; ci <- confint(lin)
case_mix <- list(yes_no = list(n = nrow(early), estimate = co[, 1], std_error = co[, 2], log_likelihood = as.numeric(logLik(fit))),
  two = list(estimate = c2[, 1], std_error = c2[, 2], p_value = c2[, 4], log_likelihood = as.numeric(logLik(two))),
  score = list(estimate = cl[, 1], std_error = cl[, 2], p_value = cl[, 4], ci_low = ci[, 1], ci_high = ci[, 2], sigma = summary(lin)$sigma, df = lin$df.residual, log_likelihood = as.numeric(logLik(lin))))
midp <- function(o) {
  up <- function(m) ppois(o - 1, m) + dpois(o, m) / 2 - .025; lo <- function(m) 1 - ppois(o, m) + dpois(o, m) / 2 - .025
  c(if (o == 0) 0 else uniroot(lo, c(1e-9, o), tol = 1e-14)$root, uniroot(up, c(max(o, 1e-9), 3 * o + 10), tol = 1e-14)$root)
}
byar <- function(o, z = qnorm(.975)) c(if (o == 0) 0 else o * (1 - 1 / (9 * o) - z / (3 * sqrt(o)))^3, (o + 1) * (1 - 1 / (9 * (o + 1)) + z / (3 * sqrt(o + 1)))^3)
counts <- lapply(c(0, 1, 2, 5, 15, 29, 120, 1500), function(o) list(observed = o, exact = as.numeric(poisson.test(o)$conf.int), mid_p = midp(o), byar = byar(o)))
# limits written out unit by unit
phi_of <- function(z) { q <- quantile(z, c(.1, .9)); mean(pmin(pmax(z, q[1]), q[2])^2) }
tau_of <- function(phi, s) { i <- length(s); w <- 1 / s^2; max(0, (i * phi - (i - 1)) / (sum(w) - sum(w^2) / sum(w))) }
zs <- qnorm(c(.001, .025, .975, .999))
od <- function(y, target, s, back) { phi <- phi_of((y - target) / s); tau2 <- tau_of(phi, s); list(phi = phi, tau2 = tau2, limits = back(target + outer(sqrt(s^2 + tau2), zs))) }
p <- sum(units$O) / sum(units$n)
shares <- od(asin(sqrt(units$O / units$n)), asin(sqrt(p)), 1 / (2 * sqrt(units$n)), function(x) sin(pmin(pmax(x, 0), pi / 2))^2)
ratios <- od(sqrt(units$O / units$E), 1, 1 / (2 * sqrt(units$E)), function(x) pmax(x, 0)^2)
exact_ratio <- t(sapply(units$E, function(e) qpois(c(.001, .025, .975, .999), e) / e))
exact_share <- t(sapply(units$n, function(n) qbinom(c(.001, .025, .975, .999), n, p) / n))
set.seed(15); k <- 30; people <- round(runif(k, 12, 200)); m <- round(rnorm(k, 6, 2) + rnorm(k, 0, 11 / sqrt(people)), 2); se <- 11 / sqrt(people)
target <- weighted.mean(m, 1 / se^2); means <- c(list(means = m, std_errors = se, people = people, target = target), od(m, target, se, identity))
plain <- list(limits = target + outer(se, zs))
# mean residual of surgeon 1: t interval
r1 <- residuals(lin)[surgery$surgeon == 1]; tt <- t.test(r1)
write_json(list(`_meta` = list(R = R.version.string), case_mix = case_mix, counts = counts, shares = shares, ratios = ratios, exact_ratio = exact_ratio, exact_share = exact_share,
  means = means, means_plain = plain, residual = list(n = length(r1), mean = mean(r1), low = tt$conf.int[1], high = tt$conf.int[2])), "funnel.json", digits = NA, auto_unbox = TRUE, pretty = TRUE)
