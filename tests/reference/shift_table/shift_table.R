# Two hundred made-up people with a level of need (0 to 4, lower is better) at the start and half a year later: counts by level,
# people better and worse, and R's exact binomial test of the two.
library(jsonlite)
set.seed(2026)
before <- sample(0:4, 200, TRUE, c(.05, .2, .35, .3, .1))
after <- pmin(4, pmax(0, before + sample(-1:1, 200, TRUE, c(.4, .45, .15))))
write.csv(data.frame(person = 1:200, before, after), "levels.csv", row.names = FALSE)
better <- sum(after < before); worse <- sum(after > before)
test <- function(b, w) binom.test(b, b + w, .5)$p.value
write_json(list(table = unclass(table(factor(before, 0:4), factor(after, 0:4))), better = better, worse = worse,
                p_value = test(better, worse), more = list(c(7, 7, test(7, 7)), c(12, 5, test(12, 5)), c(5, 21, test(5, 21))),
                R = R.version.string), "reference.json", digits = NA, auto_unbox = TRUE, pretty = TRUE)
