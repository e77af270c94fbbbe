# What R's package survey says of the people in index.csv in designs that need their rows. From
# the root of the project, after index.R:
#   Rscript tests/reference/rows.R
# writes rows.json beside itself. Day, weight and domain of a person follow from the number of
# the row, as in tests/analysis/test_rows.py. No number in rows.json comes from our own code.

suppressPackageStartupMessages(library(survey))
options(survey.lonely.psu = "adjust")
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)))

data <- read.csv(file.path(here, "index.csv"))
items <- c("A1", "A2", "B1", "B2", "B3")
row <- seq_len(nrow(data)) - 1
data$day <- row %% 4
data$weight <- 1 + (row %% 3) / 2
data$expansion <- data$population / as.vector(table(data$stratum)[as.character(data$stratum)])
data$inside <- row %% 3 != 0
data$one <- 1
answer <- as.matrix(data[items])
answer[answer %in% c(0, 6, 9)] <- NA
top <- ifelse(is.na(answer), 0, answer >= 4)
asked <- 1 * !is.na(answer)
colnames(top) <- paste0("a", seq_along(items))
colnames(asked) <- paste0("b", seq_along(items))
data <- cbind(data, top, asked, a = rowSums(top), b = rowSums(asked))
data$share <- ifelse(data$b > 0, data$a / data$b, NA)
data$every <- ifelse(data$b > 0, as.numeric(data$a == data$b), NA)
data$overall4 <- ifelse(data$overall %in% 1:5, as.numeric(data$overall >= 4), NA)
data$first <- as.numeric(data$stratum <= 3)
data$a.first <- data$a * data$first
data$b.first <- data$b * data$first

number <- function(statistic) c(estimate = unname(coef(statistic)[1]), se = as.numeric(SE(statistic))[1])
pooled <- function(design) number(svyratio(~a, ~b, design))

# The mean over items of each item's ratio, linearised through the joint totals.
mean_of_items <- quote((a1 / b1 + a2 / b2 + a3 / b3 + a4 / b4 + a5 / b5) / 5)
joint <- as.formula(paste("~", paste(c(colnames(top), colnames(asked)), collapse = " + ")))
by_items <- function(design) number(svycontrast(svytotal(joint, design), mean_of_items))

strata <- function(weights, data, ...) svydesign(ids = ~1, strata = ~stratum, weights = weights, data = data, ...)
designs <- list(
  plain = strata(~one, data),
  expansion = strata(~expansion, data),
  `expansion fpc` = strata(~expansion, data, fpc = ~population),
  weights = strata(~weight, data),
  days = svydesign(ids = ~day, strata = ~stratum, weights = ~one, data = data, nest = TRUE),
  `days weights` = svydesign(ids = ~day, strata = ~stratum, weights = ~weight, data = data, nest = TRUE)
)
designs$domain <- designs$plain[data$inside, ]
designs$`domain days weights` <- designs$`days weights`[data$inside, ]
indices <- list()
for (name in names(designs)) {
  indices[[paste0(name, ": t2b-pooled")]] <- pooled(designs[[name]])
  indices[[paste0(name, ": t2b-items")]] <- by_items(designs[[name]])
}
options(survey.lonely.psu = "certainty")
indices[["certainty: t2b-pooled"]] <- pooled(designs$plain)
indices[["certainty: t2b-items"]] <- by_items(designs$plain)
options(survey.lonely.psu = "adjust")

# The mean over strata of each stratum's mean over items; strata are independent.
five <- lapply(1:5, function(h) by_items(svydesign(ids = ~1, weights = ~one, data = data[data$stratum == h, ])))
indices[["mean of the first five strata: t2b-items"]] <- c(
  estimate = mean(vapply(five, `[[`, 0, "estimate")),
  se = sqrt(sum(vapply(five, `[[`, 0, "se")^2)) / 5
)

# Direct standardisation of the first five strata to these proportions.
standard <- c(10, 40, 20, 5, 25)
each <- lapply(1:5, function(h) pooled(svydesign(ids = ~1, weights = ~one, data = data[data$stratum == h, ])))
indices[["standardised: t2b-pooled"]] <- c(
  estimate = sum(standard * vapply(each, `[[`, 0, "estimate")) / 100,
  se = sqrt(sum((standard * vapply(each, `[[`, 0, "se"))^2)) / 100
)

# Two periods are independent samples; a unit and its parent share the unit's people.
periods <- lapply(0:1, function(p) pooled(strata(~one, data[row %% 2 == p & data$stratum <= 6, ])))
differences <- list(
  periods = c(
    estimate = periods[[1]][["estimate"]] - periods[[2]][["estimate"]],
    se = sqrt(periods[[1]][["se"]]^2 + periods[[2]][["se"]]^2)
  )
)
nested <- quote(a.first / b.first - a / b)
for (name in c("plain", "expansion")) {
  totals <- svytotal(~a.first + b.first + a + b, designs[[name]])
  differences[[paste("overlap", name)]] <- number(svycontrast(totals, nested))
}

# Intervals of shares by svyciprop.
limits <- list()
for (name in c("plain", "expansion", "days weights")) {
  for (variable in c("overall4", "every", "share")) {
    design <- designs[[name]]
    design <- design[!is.na(design$variables[[variable]]), ]
    for (method in c("logit", "beta")) {
      found <- suppressWarnings(svyciprop(as.formula(paste0("~", variable)), design, method = method))
      ci <- attr(found, "ci")
      limits[[paste0(name, ": ", variable, " ", method)]] <- c(low = ci[[1]], high = ci[[2]])
    }
  }
}

cases <- list(indices = indices, differences = differences, limits = limits)
source(file.path(here, "json.R"))
write_cases(cases, "rows", here)
