# What R says of the reliability of the answers in measurement.csv. From the root of the project:
#   Rscript tests/reference/measurement.R
# writes measurement.csv (people drawn once with a fixed seed) and measurement.json beside itself.
# REML by three roads: nlme::lme and lme4::lmer, whose optimisers stop after about 6 to 9 digits,
# and the textbook score y'PZZ'Py = tr(PZZ') of dense matrices, solved for the ratio of variances
# to full precision. ANOVA by base R's aov, alpha by package psych (listwise rows, as given).

suppressPackageStartupMessages({
  library(nlme)
  library(lme4)
  library(psych)
})
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)))

# People in units of unequal size, the last of one person; some items left, skipped or not put.
set.seed(2605)
n <- c(31, 4, 17, 9, 22, 12, 3, 14, 7, 1)
unit <- sprintf("u%02d", rep(seq_along(n), n))
people <- length(unit)
mood <- rnorm(people) + rep(rnorm(length(n), sd = 0.6), n)
items <- c("A", "B", "C", "D", "E")
data <- data.frame(unit)
for (item in items) {
  level <- as.integer(cut(mood + rnorm(people), c(-Inf, -1.6, -0.9, -0.1, 1, Inf)))
  left <- runif(people) < if (item == "E") 0.25 else 0.04
  data[[item]] <- ifelse(left, sample(c(0L, 6L, 9L), people, replace = TRUE), level)
}
write.csv(data, file.path(here, "measurement.csv"), row.names = FALSE, quote = FALSE)

answer <- as.matrix(data[items])
answer[answer %in% c(0, 6, 9)] <- NA
data$share <- rowMeans(answer >= 4, na.rm = TRUE)
stopifnot(!is.nan(data$share))
data$noise <- rnorm(people) # no difference between units but chance
balanced <- do.call(rbind, lapply(split(data, data$unit), function(d) if (nrow(d) >= 7) d[1:7, ]))

# The residual likelihood with dense matrices, V = I + ratio·ZZ'.
score <- function(ratio, y, group) {
  zz <- outer(group, group, "==") * 1
  v <- solve(diag(length(y)) + ratio * zz)
  p <- v - tcrossprod(rowSums(v)) / sum(v)
  py <- p %*% y
  variance <- sum(y * py) / (length(y) - 1)
  sum(py * (zz %*% py)) / variance - sum(p * zz)
}
dense <- function(y, group) {
  ratio <- uniroot(score, c(0, 20), y = y, group = group, tol = 1e-15, maxiter = 10000)$root
  v <- solve(diag(length(y)) + ratio * outer(group, group, "=="))
  p <- v - tcrossprod(rowSums(v)) / sum(v)
  within <- sum(y * (p %*% y)) / (length(y) - 1)
  c(icc = ratio / (1 + ratio), between = ratio * within, within = within)
}
by_lme <- function(d) {
  control <- lmeControl(msTol = 1e-14, tolerance = 1e-14, msMaxIter = 1000, opt = "optim")
  fit <- lme(y ~ 1, random = ~ 1 | unit, data = d, method = "REML", control = control)
  between <- getVarCov(fit)[1, 1]
  c(icc = between / (between + fit$sigma^2), between = between, within = fit$sigma^2)
}
by_lmer <- function(d) {
  control <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-12),
                         check.conv.singular = "ignore")
  fit <- as.data.frame(VarCorr(lmer(y ~ 1 + (1 | unit), data = d, control = control)))$vcov
  c(icc = fit[1] / sum(fit), between = fit[1], within = fit[2])
}
by_aov <- function(d) {
  rows <- summary(aov(y ~ unit, data = d))[[1]]
  size <- as.numeric(table(d$unit))
  df <- rows$Df
  f <- rows$`F value`[1]
  n0 <- (sum(size) - sum(size^2) / sum(size)) / df[1]
  icc <- (rows$`Mean Sq`[1] - rows$`Mean Sq`[2]) / (rows$`Mean Sq`[1] + (n0 - 1) * rows$`Mean Sq`[2])
  limit <- function(p) (f / qf(p, df[1], df[2]) - 1) / (f / qf(p, df[1], df[2]) + n0 - 1)
  c(f = f, df_between = df[1], df_within = df[2], n0 = n0, icc = icc,
    low95 = limit(0.975), high95 = limit(0.025), low90 = limit(0.95), high90 = limit(0.05))
}

cases <- list()
sets <- list(unbalanced = transform(data, y = share), balanced = transform(balanced, y = share),
             noise = transform(data, y = noise))
for (name in names(sets)) {
  d <- sets[[name]]
  if (name != "noise") cases[[paste(name, "dense")]] <- dense(d$y, d$unit)
  if (name != "noise") cases[[paste(name, "lme")]] <- by_lme(d)
  cases[[paste(name, "lmer")]] <- by_lmer(d)
  cases[[paste(name, "aov")]] <- by_aov(d)
}
cases$noise <- setNames(data$noise, sprintf("%d", seq_len(people) - 1))

# Alpha of all five items, and of the first four, each with its own complete rows.
for (k in 4:5) {
  rows <- answer[complete.cases(answer[, 1:k]), 1:k]
  found <- suppressWarnings(psych::alpha(as.data.frame(rows)))
  feldt <- function(p) unlist(alpha.ci(found$total$raw_alpha, nrow(rows), k, p.val = p)[c(1, 3)])
  limits <- c(feldt(0.05), feldt(0.1))
  cases[[paste("alpha", k)]] <- c(
    estimate = found$total$raw_alpha, standardised = found$total$std.alpha, n = nrow(rows),
    low95 = limits[[1]], high95 = limits[[2]], low90 = limits[[3]], high90 = limits[[4]],
    setNames(found$item.stats$r.drop, paste0("rest", items[1:k])),
    setNames(found$alpha.drop$raw_alpha, paste0("without", items[1:k]))
  )
}

# Base R writes no JSON: 17 digits give every double back.
numbers <- function(values) {
  paste0("{", paste0('"', names(values), '": ', sprintf("%.17g", values), collapse = ", "), "}")
}
versions <- vapply(c("nlme", "lme4", "psych"), function(p) paste(packageVersion(p)), "")
json <- paste0(
  '{\n  "script": "tests/reference/measurement.R",\n  "R": "', getRversion(), '",\n',
  paste0('  "', names(versions), '": "', versions, '"', collapse = ",\n"), ",\n",
  paste0('  "', names(cases), '": ', vapply(cases, numbers, ""), collapse = ",\n"), "\n}"
)
writeLines(json, file.path(here, "measurement.json"))
