# What R's package survey says of the people in estimators.csv. From the root of the project:
#   Rscript tests/reference/estimators.R
# writes estimators.csv (the people, drawn once with a fixed seed) and estimators.json beside
# itself. No number in estimators.json comes from our own code.

suppressPackageStartupMessages(library(survey))
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)))

# Strata (offices) of clusters (days) of people. Stratum 5 has one day of four people, stratum 6
# one day of one person; days 1 and 7 have one person.
set.seed(766)
days <- c(9, 6, 5, 3, 1, 1)
stratum.of.day <- rep(seq_along(days), days)
size <- sample(2:7, length(stratum.of.day), replace = TRUE)
size[c(1, 7)] <- 1
size[stratum.of.day == 5] <- 4
size[stratum.of.day == 6] <- 1
day <- rep(seq_along(size), size)
n <- length(day)
stratum <- stratum.of.day[day]
mood <- rnorm(length(size), sd = 0.8)[day] + rnorm(6, sd = 0.5)[stratum] + rnorm(n)
lost <- function(values, p) ifelse(runif(n) < p, NA, values)
people.of.stratum <- c(300, 150, 90, 60, 9, 3)
data <- data.frame(
  stratum, day,
  people = people.of.stratum[stratum],
  days = c(60, 40, 5, 22, 4, 2)[stratum], # of stratum 3 every day was drawn
  people.of.day = (size + sample(0:20, length(size), replace = TRUE))[day],
  weight = round(exp(rnorm(n, mean = 1, sd = 0.6)), 3),
  y = lost(round(60 + 10 * mood, 2), 0.12),
  a = lost(pmin(pmax(round(3 + mood), 0), 5), 0.1),
  b = 5,
  sex = sample(c("f", "m"), n, replace = TRUE),
  late = as.integer(runif(n) < 0.4)
)
data$b <- pmin(5, pmax(data$a, sample(1:5, n, replace = TRUE), na.rm = TRUE))
data$level <- pmin(pmax(round(3.3 + 1.1 * mood), 1), 5)
write.csv(data, file.path(here, "estimators.csv"), row.names = FALSE, quote = FALSE)
data$top <- as.numeric(data$level >= 4)

found <- function(statistic, design) {
  limits <- confint(statistic, df = degf(design))
  c(estimate = unname(coef(statistic)), se = as.numeric(SE(statistic)), df = degf(design),
    low = limits[1], high = limits[2], deff = as.numeric(deff(statistic)))
}
figures <- function(design) {
  value <- subset(design, !is.na(y))
  late <- subset(design, late == 1)
  late.value <- subset(value, late == 1)
  answers <- subset(design, !is.na(a))
  kish <- function(part) {
    w <- weights(part)
    c(kish = length(w) * sum(w^2) / sum(w)^2, n = length(w))
  }
  by <- svyby(~y, ~late, value, svymean, covmat = TRUE)
  difference <- svycontrast(by, c(`0` = -1, `1` = 1))
  overlapping <- update(value, u = late * y, v = late, w = 1)
  totals <- svytotal(~u + v + y + w, overlapping)
  parent <- svycontrast(totals, quote(u / v - y / w))
  pair <- svymean(~y + top, value)
  post <- postStratify(design, ~sex, data.frame(sex = c("f", "m"), Freq = c(280, 320)))
  list(
    `mean y` = c(found(svymean(~y, value, deff = "replace"), value), kish(value)),
    `mean top` = c(found(svymean(~top, design, deff = "replace"), design), kish(design)),
    `mean y, late` = c(found(svymean(~y, late.value, deff = "replace"), late.value),
                       kish(late.value)),
    `mean top, late` = c(found(svymean(~top, late, deff = "replace"), late), kish(late)),
    `total y` = found(svytotal(~y, value, deff = "replace"), value),
    `total top, late` = found(svytotal(~top, late, deff = "replace"), late),
    `ratio` = found(svyratio(~a, ~b, answers, deff = "replace"), answers),
    `ratio, late` = found(svyratio(~a, ~b, subset(answers, late == 1), deff = "replace"),
                          subset(answers, late == 1)),
    `late minus not` = c(estimate = unname(coef(difference)), se = as.numeric(SE(difference)),
                         df = degf(value)),
    `late minus all` = c(estimate = unname(coef(parent)), se = as.numeric(SE(parent)),
                         df = degf(value)),
    `covariance y top` = c(covariance = vcov(pair)[1, 2]),
    `post-stratified top` = found(svymean(~top, post, deff = "replace"), post),
    `post-stratified y` = found(svymean(~y, post, na.rm = TRUE, deff = "replace"), value)
  )
}
designs <- function() {
  list(
    people = svydesign(~1, strata = ~stratum, weights = ~I(weight * 0 + 1), data = data),
    `people, fpc` = svydesign(~1, strata = ~stratum, fpc = ~people, data = data),
    `people, weights` = svydesign(~1, strata = ~stratum, weights = ~weight, data = data),
    `people, weights, fpc` = svydesign(~1, strata = ~stratum, weights = ~weight, fpc = ~people,
                                       data = data),
    `people, one stratum` = svydesign(~1, weights = ~weight, data = data),
    days = svydesign(~day, strata = ~stratum, weights = ~weight, data = data),
    `days, fpc` = svydesign(~day, strata = ~stratum, fpc = ~days, data = data),
    `days, one stratum` = svydesign(~day, weights = ~weight, data = data),
    `two stages` = svydesign(~day + id, strata = ~stratum, fpc = ~days + people.of.day,
                             data = cbind(data, id = seq_len(n)))
  )
}
cases <- list()
for (lonely in c("adjust", "certainty")) {
  options(survey.lonely.psu = lonely)
  for (name in names(designs())) {
    cases[[paste(name, lonely, sep = " | ")]] <- figures(designs()[[name]])
  }
}

# JKn about the full estimate; R leaves out what is missing from the replicates as well.
for (lonely in c("adjust", "certainty")) {
  options(survey.lonely.psu = lonely, survey.drop.replicates = FALSE)
  for (name in c("people, weights", "people, fpc", "days", "days, fpc")) {
    replicates <- as.svrepdesign(designs()[[name]], type = "JKn", mse = TRUE)
    one <- svymean(~y, replicates, na.rm = TRUE)
    two <- svyratio(~a, ~b, replicates, na.rm = TRUE)
    cases[[paste(name, lonely, sep = " | ")]][["jackknife"]] <- c(
      mean = unname(coef(one)), mean_se = as.numeric(SE(one)),
      ratio = unname(coef(two)), ratio_se = as.numeric(SE(two))
    )
  }
}

source(file.path(here, "json.R"))
write_cases(cases, "estimators", here)
