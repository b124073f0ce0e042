# Least squares: CR2 and Satterthwaite degrees of freedom by clubSandwich. Logistic regression: the same with the symmetric root
# of what each school leaves of the weighted hat matrix, person by person. Pupils of tests/reference/cluster_robust.
suppressMessages({library(clubSandwich); library(jsonlite)})
pupils <- read.csv("../cluster_robust/achievement.csv")
school <- pupils$school_id
formula <- Bagrut_status ~ treated + father_ed + siblings
linear <- lm(formula, data = pupils)
by_package <- coef_test(linear, vcov = "CR2", cluster = school, test = "Satterthwaite")
logistic <- glm(formula, data = pupils, family = binomial, control = glm.control(epsilon = 1e-15, maxit = 100))
X <- model.matrix(logistic); p <- 1 / (1 + exp(-drop(X %*% coef(logistic)))); v <- p * (1 - p)
M <- solve(crossprod(X, v * X)); half <- sqrt(v) * X
hat <- half %*% M %*% t(half)
schools <- unique(school)
loadings <- array(0, c(4, length(schools), nrow(X)))
for (j in seq_along(schools)) {
  own <- which(school == schools[j])
  spectrum <- eigen(diag(length(own)) - hat[own, own], symmetric = TRUE)
  root <- spectrum$vectors %*% (t(spectrum$vectors) / sqrt(spectrum$values))
  loadings[, j, own] <- M %*% t(half[own, , drop = FALSE]) %*% root
}
left <- (pupils$Bagrut_status - p) / sqrt(v)
by_hand <- lapply(1:4, function(k) {
  products <- loadings[k, , ] %*% (diag(nrow(X)) - hat); products <- products %*% t(products)
  c(se = sqrt(sum((loadings[k, , ] %*% left)^2)), df = sum(diag(products))^2 / sum(products^2))
})
write_json(list(logistic = list(term = names(coef(logistic)), std_error = sapply(by_hand, `[[`, "se"), df = sapply(by_hand, `[[`, "df")),
                linear = list(term = names(coef(linear)), std_error = by_package$SE, df = by_package$df_Satt),
                versions = list(R = R.version.string, clubSandwich = as.character(packageVersion("clubSandwich")))),
           "few_clusters.json", digits = NA, auto_unbox = TRUE, pretty = TRUE)
