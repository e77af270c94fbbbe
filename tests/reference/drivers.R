# What R says of the key drivers in drivers.csv. From the root of the project:
#   Rscript tests/reference/drivers.R
# writes drivers.csv (people drawn once with a fixed seed) and drivers.json beside itself.
# Johnson's weights through the singular values of the standardised rows (X = PDQ', Z = PQ'), not
# through the correlation matrix; R² by lm. Limits by boot::boot.ci, type "bca", with the
# acceleration of the jackknife, from many resamples: they carry Monte Carlo error.

suppressPackageStartupMessages(library(boot))
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)))

set.seed(1977)
people <- 140
drivers <- c("A", "B", "C", "D", "E")
strength <- c(0.1, 0.9, 0.4, 0, 0.6)
mood <- rnorm(people)
levels <- function(latent, shift) {
  as.integer(cut(latent + shift, c(-Inf, -1.7, -1, -0.2, 1, Inf)))
}
latent <- 0.7 * mood + matrix(rnorm(people * 5), people)
shift <- c(-0.4, 0.2, 0.8, 0, 1.1)
data <- data.frame(overall = levels(latent %*% strength / 1.2 + rnorm(people, sd = 0.6), 0.3))
for (j in 1:5) data[[drivers[j]]] <- levels(latent[, j] / 1.2, shift[j])
for (item in names(data)) {
  left <- runif(people) < if (item == "E") 0.12 else 0.03
  data[[item]] <- ifelse(left, sample(c(0L, 6L, 9L), people, replace = TRUE), data[[item]])
}
write.csv(data, file.path(here, "drivers.csv"), row.names = FALSE, quote = FALSE)

complete <- as.matrix(data)
complete[complete %in% c(0, 6, 9)] <- NA
complete <- complete[complete.cases(complete), ]

johnson <- function(rows) {
  x <- scale(rows[, -1]) / sqrt(nrow(rows) - 1)
  y <- scale(rows[, 1]) / sqrt(nrow(rows) - 1)
  parts <- svd(x)
  z <- parts$u %*% t(parts$v)
  beta <- crossprod(z, y)
  as.numeric(crossprod(x, z)^2 %*% beta^2)
}
statistic <- function(rows, i) johnson(rows[i, ])
fit <- function(rows) summary(lm(rows[, 1] ~ rows[, -1]))$r.squared
few <- complete[1:12, ]
# Two levels each, so that many people give the same answers.
coarse <- ifelse(complete[, 1:3] >= 4, 4, 2)

resamples <- 40000
drawn <- boot(complete, statistic, R = resamples)
# boot centres the jackknife on the weight itself; Efron & Tibshirani (1993, 14.15) on its mean.
influence <- function(rows, j) {
  each <- empinf(data = rows, statistic = function(d, i) johnson(d[i, ])[j], type = "jack",
                 stype = "i")
  each - mean(each)
}
bca <- function(rows, drawn, level, j) {
  limits <- boot.ci(drawn, conf = level, type = "bca", index = j, L = influence(rows, j))$bca
  setNames(limits[4:5], c("low", "high"))
}
acceleration <- function(rows, j) {
  each <- influence(rows, j)
  sum(each^3) / (6 * sum(each^2)^1.5)
}
cases <- list(
  weights = setNames(johnson(complete), drivers),
  acceleration = setNames(vapply(1:5, acceleration, 0, rows = complete), drivers),
  `coarse acceleration` = setNames(vapply(1:2, acceleration, 0, rows = coarse), drivers[1:2]),
  `weights of three` = setNames(johnson(complete[, 1:4]), drivers[1:3]),
  `weights of few` = setNames(johnson(few), drivers),
  whole = c(n = nrow(complete), r2 = fit(complete), `r2 of three` = fit(complete[, 1:4]),
            `r2 of few` = fit(few), resamples = resamples),
  deviation = setNames(apply(drawn$t, 2, sd), drivers)
)
for (level in c(0.9, 0.95)) {
  limits <- vapply(1:5, function(j) bca(complete, drawn, level, j), c(low = 0, high = 0))
  for (end in c("low", "high")) cases[[paste(end, level)]] <- setNames(limits[end, ], drivers)
}
drawn <- boot(coarse, statistic, R = resamples)
cases$`coarse deviation` <- setNames(apply(drawn$t, 2, sd), drivers[1:2])
for (j in 1:2) cases[[paste("coarse", drivers[j])]] <- bca(coarse, drawn, 0.95, j)

# Performance: satisfied among those who answered, with Wilson's interval from prop.test.
answered <- as.matrix(data[drivers])
answered[answered %in% c(0, 6, 9)] <- NA
n <- colSums(!is.na(answered))
satisfied <- colSums(answered >= 4, na.rm = TRUE)
wilson <- mapply(function(a, b) prop.test(a, b, correct = FALSE)$conf.int, satisfied, n)
cases$performance <- satisfied / n
cases$answered <- n
cases$missing <- colSums(data[drivers] == 6)
cases$`not applicable` <- colSums(data[drivers] == 9)
cases$`performance low` <- wilson[1, ]
cases$`performance high` <- wilson[2, ]

# Base R writes no JSON: 17 digits give every double back.
numbers <- function(values) {
  paste0("{", paste0('"', names(values), '": ', sprintf("%.17g", values), collapse = ", "), "}")
}
json <- paste0(
  '{\n  "script": "tests/reference/drivers.R",\n  "R": "', getRversion(),
  '",\n  "boot": "', packageVersion("boot"), '",\n',
  paste0('  "', names(cases), '": ', vapply(cases, numbers, ""), collapse = ",\n"), "\n}"
)
writeLines(json, file.path(here, "drivers.json"))
