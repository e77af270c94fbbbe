# What R's package survey says of cross-tables of the people in crosstabs.csv. From the root of
# the project:
#   Rscript tests/reference/crosstabs.R
# writes crosstabs.csv (answers from 1 to 5, drawn once with a fixed seed) and crosstabs.json
# beside itself. No number in crosstabs.json comes from our own code.

suppressPackageStartupMessages(library(survey))
options(survey.lonely.psu = "adjust")
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)))

# Four offices (strata) of twelve days (clusters) of three to eight people.
set.seed(1212)
size <- sample(3:8, 48, replace = TRUE)
day <- rep(1:48, size)
n <- length(day)
office <- (day - 1) %/% 12 + 1
mood <- rnorm(48, sd = 0.7)[day] + rnorm(n)
channel <- ifelse(runif(n) < plogis(0.8 * rnorm(48)[day]), "qr", "staff")
field <- sample(c("land", "birth", "trade"), n, replace = TRUE, prob = c(0.5, 0.3, 0.2))
shift <- 0.35 * (channel == "staff") - 0.3 * (field == "land")
level <- as.integer(cut(mood + shift, c(-Inf, -1.8, -1, -0.2, 0.9, Inf)))
level[runif(n) < 0.1] <- NA
data <- data.frame(office, day, weight = round(exp(rnorm(n, sd = 0.5)), 3), channel, field, level)
write.csv(data, file.path(here, "crosstabs.csv"), row.names = FALSE, quote = FALSE)

# An answer never given leaves two cells of this table empty.
data$few <- ifelse(data$field == "trade" & data$level <= 2, 3, data$level)

independence <- function(formula, design) {
  second <- svychisq(formula, design, statistic = "F")
  first <- svychisq(formula, design, statistic = "Chisq")
  shares <- prop.table(svytable(formula, design))
  plain <- suppressWarnings(chisq.test(shares * nrow(design), correct = FALSE))
  c(statistic = unname(second$statistic), ndf = unname(second$parameter[1]),
    ddf = unname(second$parameter[2]), p = unname(second$p.value),
    first_p = unname(first$p.value), first_df = unname(first$parameter),
    pearson = unname(plain$statistic), share_1_1 = shares[1, 1])
}
# The test of svyranktest, whose ranks of ties depend on the order of rows unless weights are
# equal; here the ranks come from svytable: the share below plus half of the share at a level.
ranks <- function(group, design) {
  share <- prop.table(svytable(~level, design))
  middle <- setNames(cumsum(share) - share / 2, names(share))
  design <- update(design, rank = as.numeric(middle[as.character(level)]))
  model <- svyglm(reformulate(group, "rank"), design)
  groups <- length(unique(design$variables[[group]]))
  test <- regTermTest(model, reformulate(group), df = degf(design) - groups + 1)
  c(statistic = c(test$Ftest), df = test$df, ddf = test$ddf, p = c(test$p),
    difference = unname(coef(model)[2]), se = unname(SE(model)[2]))
}
svyranks <- function(group, design) {
  test <- svyranktest(reformulate(group, "level"), design)
  if (is.null(test$ddf)) {
    c(statistic = unname(test$statistic)^2, df = 1, ddf = unname(test$parameter),
      p = unname(test$p.value), difference = unname(test$estimate))
  } else {
    # R returns the names of parameter and statistic exchanged.
    c(statistic = test$parameter[[1]] / test$statistic[[1]], df = test$statistic[[1]],
      ddf = test$ddf, p = c(test$p.value))
  }
}
figures <- function(design) {
  known <- subset(design, !is.na(level))
  land <- subset(known, field == "land")
  list(
    `level by channel` = independence(~level + channel, known),
    `level by field` = independence(~level + field, known),
    `channel by field` = independence(~channel + field, design),
    `empty cells` = independence(~few + field, known),
    `level by channel, land` = independence(~level + channel, land),
    `ranks by channel` = ranks("channel", known),
    `ranks by channel, land` = ranks("channel", land),
    `ranks by field` = ranks("field", known)
  )
}
cases <- list(
  people = figures(svydesign(~1, weights = ~I(weight * 0 + 1), data = data)),
  days = figures(svydesign(~day, strata = ~office, weights = ~weight, data = data))
)
for (group in c("channel", "field")) {
  known <- subset(svydesign(~1, weights = ~I(weight * 0 + 1), data = data), !is.na(level))
  cases$people[[paste("svyranktest by", group)]] <- svyranks(group, known)
}

source(file.path(here, "json.R"))
write_cases(cases, "crosstabs", here)
