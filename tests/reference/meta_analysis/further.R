# What reference.json lacks: log-likelihoods, intervals of tau^2 and leave-one-out without early stopping, shrinkage with
# t intervals, and meta-regressions. Run in this folder: Rscript further.R
suppressMessages({library(metafor); library(jsonlite)})
tight <- list(threshold = 1e-13, maxiter = 10000, tol = 1e-14)
fit <- function(y, v, ...) rma(y, v, control = tight, ...)
one <- function(y, v) {
  reml <- fit(y, v, method = "REML"); ml <- fit(y, v, method = "ML")
  interval <- confint(reml, control = list(tol = 1e-14, tau2.max = 1e6))$random["tau^2", ]
  without <- lapply(seq_along(y), function(i) {
    f <- fit(y[-i], v[-i], method = "REML"); list(estimate = as.numeric(f$beta), se = f$se, tau2 = f$tau2)
  })
  shrunken <- blup(fit(y, v, method = "REML", test = "knha"))
  plain <- blup(reml)
  keep <- function(b) list(pred = as.numeric(b$pred), se = as.numeric(b$se), low = as.numeric(b$pi.lb), high = as.numeric(b$pi.ub))
  egger <- lapply(c("z", "knha"), function(test) {
    e <- fit(y, v, mods = ~ sqrt(v), method = "REML", test = test)
    list(estimate = as.numeric(e$beta)[2], se = e$se[2], stat = e$zval[2], p = e$pval[2])
  })
  list(log_likelihood = list(REML = as.numeric(logLik(reml)), ML = as.numeric(logLik(ml))),
       tau2_interval = as.numeric(interval), leave_one_out = without,
       weights = as.numeric(weights(reml)), blup = keep(plain), blup_knha = keep(shrunken),
       small_studies = setNames(egger, c("z", "knha")))
}
bcg <- read.csv("bcg.csv"); normand <- read.csv("normand1999.csv"); schools <- read.csv("eight_schools.csv")
regression <- function(method, test) {
  f <- fit(bcg$yi, bcg$vi, mods = ~ ablat + year, data = bcg, method = method, test = test)
  alone <- fit(bcg$yi, bcg$vi, method = method)
  list(beta = as.numeric(f$beta), se = f$se, p = f$pval, low = f$ci.lb, high = f$ci.ub, tau2 = f$tau2, se_tau2 = f$se.tau2,
       i2 = f$I2, h2 = f$H2, qe = f$QE, qe_p = f$QEp, qm = f$QM, qm_p = f$QMp,
       r2 = max(0, 100 * (alone$tau2 - f$tau2) / alone$tau2), log_likelihood = as.numeric(logLik(f)))
}
ablat <- fit(bcg$yi, bcg$vi, mods = ~ ablat, data = bcg, method = "REML", test = "knha")
regressions <- list()
for (method in c("REML", "ML", "DL", "PM", "HE", "HS", "SJ", "EB")) for (test in c("z", "knha"))
  regressions[[paste(method, test, sep = "_")]] <- regression(method, test)
write_json(list(`_meta` = list(R = R.version.string, metafor = as.character(packageVersion("metafor"))),
  bcg = one(bcg$yi, bcg$vi), normand1999 = one(normand$yi, normand$vi), eight_schools = one(schools$yi, schools$vi),
  ablat = list(beta = as.numeric(ablat$beta), se = ablat$se, tau2 = ablat$tau2, log_likelihood = as.numeric(logLik(ablat))),
  regressions = regressions), "further.json", digits = NA, auto_unbox = TRUE, pretty = TRUE, na = "null")
