# Two-way analysis of variance by aov: mean squares, and what de Vet et al. 2006 make of them
library(jsonlite)
set.seed(20260117); n <- 60
true <- rnorm(n, 55, 12); first <- round(true + rnorm(n, 0, 5)); second <- round(true + 1 + rnorm(n, 0, 5))
d <- data.frame(y = c(first, second), id = factor(rep(1:n, 2)), time = factor(rep(1:2, each = n)))
ms <- summary(aov(y ~ id + time, d))[[1]][["Mean Sq"]]
sem <- sqrt(ms[3] + max(0, (ms[2] - ms[3]) / n))
icc2 <- (ms[1] - ms[3]) / (ms[1] + ms[3] + 2 * (ms[2] - ms[3]) / n)
write.csv(data.frame(first, second), "retest.csv", row.names = FALSE)
write_json(list(`_meta` = list(R = R.version.string), ms_between = ms[1], ms_time = ms[2], ms_error = ms[3], sem = sem, sdc = 1.96 * sqrt(2) * sem, icc2 = icc2,
  shift = mean(second - first), p_shift = t.test(second, first, paired = TRUE)$p.value), "retest.json", digits = NA, auto_unbox = TRUE, pretty = TRUE)
a <- read.csv("attitude.csv")
write_json(list(item_rest = as.numeric(sapply(seq_along(a), function(j) cor(a[[j]], rowSums(a[, -j])))),
  factanal_attitude = { l <- as.numeric(factanal(a, 1, control = list(opt = list(factr = 1, maxit = 1000)))$loadings); list(loadings = l, omega = sum(l)^2 / (sum(l)^2 + sum(1 - l^2))) }), "items.json", digits = NA, auto_unbox = TRUE, pretty = TRUE)
