# Linear mixed models by lme4, lmerTest, pbkrtest and emmeans: growth, irregular times, an outer level, singular fits.
suppressMessages({library(lme4); library(lmerTest); library(pbkrtest); library(emmeans); library(nlme); library(jsonlite)})
tight <- lmerControl(optimizer = "nloptwrap", check.conv.singular = "ignore",
  optCtrl = list(xtol_abs = 1e-12, ftol_abs = 1e-14, xtol_rel = 1e-12, ftol_rel = 1e-14, maxeval = 1e5))
table_of <- function(m) { m <- as.matrix(m); o <- lapply(seq_len(nrow(m)), function(i) as.list(m[i, ])); names(o) <- rownames(m); o }
rows_of <- function(d) lapply(seq_len(nrow(d)), function(i) as.list(d[i, , drop = FALSE]))
variances <- function(fit) rows_of(as.data.frame(VarCorr(fit))[, c("grp", "var1", "var2", "vcov")])
effects_of <- function(fit) lapply(ranef(fit, condVar = TRUE), function(r) {
  v <- attr(r, "postVar"); list(labels = rownames(r), value = as.matrix(r), variance = lapply(seq_len(dim(v)[3]), function(i) v[, , i])) })
describe <- function(formula, data, kr = TRUE) {
  fit <- suppressMessages(lmerTest::lmer(formula, data, REML = TRUE, control = tight))
  out <- list(loglik = as.numeric(logLik(fit)), satterthwaite = table_of(coef(summary(fit))), varcomp = variances(fit), singular = isSingular(fit))
  if (kr) { out$kenward_roger <- table_of(coef(summary(fit, ddf = "Kenward-Roger"))); out$vcov_adjusted <- as.matrix(vcovAdj(fit)) }
  ml <- suppressMessages(lmerTest::lmer(formula, data, REML = FALSE, control = tight))
  out$ml <- list(loglik = as.numeric(logLik(ml)), satterthwaite = table_of(coef(summary(ml))), varcomp = variances(ml))
  out$effects <- effects_of(fit)
  list(fit = fit, out = out)
}
result <- list()

orthodont <- as.data.frame(nlme::Orthodont); orthodont <- data.frame(distance = orthodont$distance, age = orthodont$age, Subject = as.character(orthodont$Subject), Sex = as.character(orthodont$Sex))
for (random in c("1", "age")) {
  d <- describe(as.formula(sprintf("distance ~ age * Sex + (%s | Subject)", random)), orthodont)
  for (method in c("satterthwaite", "kenward-roger")) {
    means <- emmeans(d$fit, ~ Sex | age, at = list(age = c(8, 14)), lmer.df = method)
    d$out[[paste0("emmeans_", method)]] <- list(means = rows_of(as.data.frame(means)), differences = rows_of(as.data.frame(pairs(means))))
  }
  overall <- emmeans(d$fit, ~ age, at = list(age = 10), lmer.df = "satterthwaite"); d$out$emmeans_overall <- rows_of(as.data.frame(overall))
  result[[paste0("orthodont_", ifelse(random == "1", "intercept", "slope"))]] <- d$out
}

set.seed(20240611); people <- 60; n <- sample(2:6, people, replace = TRUE)
id <- rep(seq_len(people), n); time <- round(unlist(lapply(n, function(k) sort(runif(k, 0, 24)))), 3); arm <- rep(rep(0:1, length.out = people), n)
u <- matrix(rnorm(2 * people), people) %*% chol(matrix(c(60, -1.2, -1.2, 0.12), 2))
score <- 40 + 9 * (1 - exp(-time / 5)) + 3 * arm * (1 - exp(-time / 5)) + u[id, 1] + u[id, 2] * time + rnorm(length(id), 0, 4)
irregular <- data.frame(id, time, arm, score = round(score, 4))
result$irregular_piecewise <- describe(score ~ time + pmax(time - 6, 0) + arm + time:arm + (time | id), irregular)$out
result$irregular_saturating <- describe(score ~ I(1 - exp(-time / 5)) * arm + (time | id), irregular)$out
result$irregular_intercept <- describe(score ~ I(1 - exp(-time / 5)) * arm + (1 | id), irregular)$out

set.seed(7); units <- 12; people <- 96; unit_of <- sort(c(rep(seq_len(units), 4), sample(units, people - 4 * units, replace = TRUE)))
n <- sample(2:5, people, replace = TRUE); id <- rep(seq_len(people), n); t <- unlist(lapply(n, function(k) c(0, 3, 6, 9, 12)[sort(sample(5, k))]))
g <- rep(rbinom(people, 1, 0.5), n); unit <- unit_of[id]; v <- rnorm(units, 0, 5)
u <- matrix(rnorm(2 * people), people) %*% chol(matrix(c(50, 1, 1, 0.3), 2))
nested <- data.frame(unit = sprintf("m%02d", unit), id, t, g, y = round(50 + 2 * g + 0.5 * t + 0.4 * t * g + v[unit] + u[id, 1] + u[id, 2] * t + rnorm(length(id), 0, 5), 4))
result$nested_slope <- describe(y ~ t * g + (1 | unit) + (t | id), nested)$out
result$nested_intercept <- describe(y ~ t * g + (1 | unit) + (1 | id), nested)$out

set.seed(4); id <- rep(1:30, each = 4); t <- rep(0:3, 30); x <- rep(rbinom(30, 1, 0.5), each = 4)
follow <- rnorm(30, 0, 3)
singular <- data.frame(id, t, x, perfect = round(20 + follow[id] * (1 + 0.5 * t) + t + x + rnorm(120, 0, 2), 4), none = round(20 + t + x + c(1, -1, -1, 1) * 2 + rnorm(120, 0, 1), 4), unit = sprintf("u%d", (id - 1) %% 6 + 1))
result$singular_perfect <- describe(perfect ~ t + x + (t | id), singular)$out
result$singular_none <- describe(none ~ t + x + (1 | id), singular, kr = FALSE)$out
result$singular_outer <- describe(perfect ~ t + x + (1 | unit) + (1 | id), singular)$out

claus <- read.csv("../reliable_change/claus_2020.csv"); complete <- names(which(table(claus$id[!is.na(claus$bdi)]) == 4))
result$claus_slope <- describe(bdi ~ time + (time | id), claus[claus$id %in% complete, ])$out

for (name in c("orthodont", "irregular", "nested", "singular")) write.csv(get(name), paste0(name, ".csv"), row.names = FALSE)
result$versions <- c(R.version.string, sapply(c("lme4", "lmerTest", "pbkrtest", "emmeans", "nlme"), function(p) paste(p, packageVersion(p))))
write_json(result, "lme4.json", digits = NA, auto_unbox = TRUE, null = "null", pretty = FALSE)
for (name in setdiff(names(result), "versions")) cat(name, result[[name]]$loglik, result[[name]]$singular, "\n")
