# Ninety made-up people at one occasion, 55 of whom had answered before: R's t.test with unequal variances.
library(jsonlite)
set.seed(14)
before <- rep(c(1, 0), c(55, 35))
score <- round(50 + 3 * before + rnorm(90) * ifelse(before == 1, 8, 11), 1)
write.csv(data.frame(person = 1:90, score, before), "scores.csv", row.names = FALSE)
found <- t.test(score[before == 1], score[before == 0])
write_json(list(estimate = unname(found$estimate[1] - found$estimate[2]), std_error = found$stderr, df = unname(found$parameter),
                ci = found$conf.int, p_value = found$p.value, R = R.version.string),
           "reference.json", digits = NA, auto_unbox = TRUE, pretty = TRUE)
