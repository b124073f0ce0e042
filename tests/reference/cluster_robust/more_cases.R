# Weights, clusters of one, several kinds of contrast: clubSandwich on the 14 schools. Run in this folder.
suppressMessages({library(clubSandwich); library(jsonlite)})
a <- read.csv("achievement.csv")
a$w <- 0.5 + a$father_ed / 10 + (seq_len(nrow(a)) %% 3)
a$mixed <- ifelse(seq_len(nrow(a)) <= 25, 1000 + seq_len(nrow(a)), a$school_id)
small <- a[seq_len(nrow(a)) %% 9 == 0, ]
f <- Bagrut_status ~ treated2001 + treated + y01 + father_ed + mother_ed + siblings + immigrant
table <- function(m, cluster) {
  out <- list()
  for (v in c("CR0", "CR1", "CR1S", "CR2", "CR3")) {
    t <- as.data.frame(coef_test(m, vcov = v, cluster = cluster, test = "Satterthwaite"))
    out[[v]] <- list(estimate = t$beta, std_error = t$SE, df_satterthwaite = t$df, p = t$p_Satt)
  }
  w <- function(c) as.list(as.data.frame(Wald_test(m, constraints = c, vcov = "CR2", cluster = cluster, test = "HTZ")))
  out$HTZ_1 <- w(constrain_zero(3)); out$HTZ_3 <- w(constrain_zero(c(2, 3, 8)))
  k <- matrix(0, 2, 8); k[1, 5] <- 1; k[1, 6] <- -1; k[2, 2] <- 1; k[2, 3] <- 2
  out$HTZ_combined <- w(k)
  v <- as.matrix(vcovCR(m, cluster = cluster, type = "CR2")); one <- k[2, , drop = FALSE]
  out$combined <- list(estimate = drop(one %*% coef(m)), std_error = sqrt(drop(one %*% v %*% t(one))), df = w(one)$df_denom)
  out
}
m <- lm(f, a); mw <- lm(f, a, weights = w); ms <- lm(f, small)
res <- list(weighted = table(mw, a$school_id), mixed = table(m, a$mixed), weighted_mixed = table(mw, a$mixed),
  alone = table(ms, seq_len(nrow(small))), R = R.version.string, clubSandwich = as.character(packageVersion("clubSandwich")))
write_json(res, "more_cases.json", digits = NA, auto_unbox = TRUE, pretty = TRUE)
