# The same models by R's packages, for benchmarks/engine.py: Rscript engine.R FOLDER MODEL -> "seconds log-likelihood".
arguments <- commandArgs(TRUE)
folder <- arguments[1]; model <- arguments[2]
read <- function(name, what, size) readBin(file.path(folder, name), what, n = file.size(file.path(folder, name)) / size, size = size)
d <- data.frame(y = read("y", "double", 8), t = read("t", "double", 8), id = factor(read("id", "integer", 4)),
                g = factor(read("g", "integer", 4)), m = factor(read("m", "integer", 4)), w = factor(read("w", "integer", 4)))
suppressMessages(suppressWarnings({
  begun <- proc.time()[["elapsed"]]
  fit <- switch(model,
    "lmm intercept" = lme4::lmer(y ~ t * g + (1 | id), d),
    "lmm slope" = lme4::lmer(y ~ t * g + (t | id), d),
    "lmm municipality" = lme4::lmer(y ~ t * g + (1 | m) + (1 | id), d),
    "mmrm" = mmrm::mmrm(y ~ g * w + us(w | id), d),
    "gls" = nlme::gls(y ~ g * w, d, correlation = nlme::corSymm(form = ~ as.integer(w) | id),
                      weights = nlme::varIdent(form = ~ 1 | w),
                      control = nlme::glsControl(maxIter = 500, msMaxIter = 500)))
  seconds <- proc.time()[["elapsed"]] - begun
}))
cat(sprintf("%.3f %.10f\n", seconds, as.numeric(logLik(fit))))
