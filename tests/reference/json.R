# Writes what an R script of this folder found as JSON. Base R has no writer; 17 digits give every
# double back, and what is not known is null.

write_cases <- function(cases, name, here) {
  numbers <- function(values) {
    text <- sprintf("%.17g", values)
    text[is.na(values)] <- "null"
    paste0("{", paste0('"', names(values), '": ', text, collapse = ", "), "}")
  }
  block <- function(each) {
    lines <- paste0('    "', names(each), '": ', vapply(each, numbers, ""))
    paste0("{\n", paste(lines, collapse = ",\n"), "\n  }")
  }
  json <- paste0(
    '{\n  "script": "tests/reference/', name, '.R",\n  "R": "', getRversion(),
    '",\n  "survey": "', packageVersion("survey"), '",\n',
    paste0('  "', names(cases), '": ', vapply(cases, block, ""), collapse = ",\n"), "\n}"
  )
  writeLines(json, file.path(here, paste0(name, ".json")))
}
