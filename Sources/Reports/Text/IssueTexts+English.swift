extension IssueTexts {
    static let englishRefusal = Entry(
        "Salesdock refused the record", "Salesdock says: {0}",
        do: "Correct what Salesdock names, or ask the administrator of Salesdock what this field must hold.")

    static let english: [String: Entry] = [
        "required": Entry("The field is empty", do: "Fill in this column."),
        "email": Entry(
            "This is not an e-mail address",
            do:
                "Write one address such as name@company.example, without blanks, or leave the cell empty if none is known."
        ),
        "pattern": Entry(
            "The value is not written as agreed", "The value does not match the pattern {0}",
            do: "Write the value as the other rows do."),
        "one_of": Entry(
            "The value is not one of the accepted ones", "The value must be one of {0}",
            do: "Replace it by an accepted value; capitals count."),
        "length": Entry(
            "The value is too long or too short", "The number of characters must be {0}",
            do: "Shorten or complete the value."),
        "number": Entry(
            "This is not an accepted number", "The value must be a number {0}, with a decimal point",
            do: "Write digits and a decimal point only, and look at the bounds."),
        "date": Entry(
            "This is not an accepted date", "The date must exist (accepted: {2})",
            do: "Write an existing date in the agreed form, within the bounds."),
        "csv.ragged": Entry(
            "The row has too many or too few columns", "The row has {1} columns where the header has {0}",
            do: "Put values that contain the separator between quotes, and look for a line break inside a value."),
        "csv.quote": Entry(
            "There is text behind a closing quote",
            do: "Double every quote inside a quoted value: \"say \"\"yes\"\"\"."),
        "csv.unterminated_quote": Entry(
            "A quote is opened and never closed", "The quote that opens on line {0} is never closed",
            do: "Add the closing quote, or remove the opening one."),
        "csv.nul": Entry(
            "The row contains a NUL byte", "There is a NUL byte at byte {0}",
            do: "Export the file again; it is damaged, or written in another encoding."),
        "ndjson.malformed": Entry(
            "The line is not a JSON object", do: "Correct the line; each must hold one whole JSON object."),
        "ndjson.unknown_member": Entry(
            "The record has a member that the first record has not",
            do: "Name it in the mapping if it matters; it is left out now."),
        "xml.repeated": Entry(
            "The element occurs more than once", do: "Remove the others if the first is not the right one."),
        "encoding.invalid": Entry(
            "The text is not in the declared encoding", "The bytes at byte {1} are not {0} text",
            do: "Save the file in the agreed encoding, or have the pipeline name the right one."),
        "encoding.undefined": Entry(
            "A character does not exist in the declared encoding", "The byte at byte {1} is undefined in {0}",
            do: "Save the file in the agreed encoding, or have the pipeline name the right one."),
        "record.too_large": Entry(
            "The record is too large", "The record has {0} bytes; at most {1} are allowed",
            do: "Look for a quote or an element that is never closed."),
        "values.unknown": Entry(
            "The value is not in the list of translations", "The value is none of {0}",
            do: "Replace it by a value of the list, or have the pipeline translate this one too."),
        "date.invalid": Entry(
            "This is not a date of the agreed form", "The value must be an existing date such as {1} ({0})",
            do: "Write an existing date in the agreed form."),
        "number.invalid": Entry(
            "This is not a number of the agreed form", "The value must be a number such as {0}",
            do: "Write the number in the agreed form, without units."),
        "value.structure": Entry(
            "A list or object stands where one value belongs", do: "Have the pipeline map a member of it."),
        "key.empty": Entry(
            "The key is empty", do: "Fill in what identifies the record; without it the record would not be recognised."
        ),
        "key.conflict": Entry(
            "An earlier row has the same key and other values",
            do: "Keep one of the rows, or give this one its own key."),
        "salesdock.required": Entry(
            "Salesdock demands this field", "Salesdock demands this field when {0}", do: "Fill in this column."),
        "salesdock.values": Entry(
            "Salesdock does not accept this value", "Salesdock accepts only {0}",
            do: "Replace it by an accepted value, or have the pipeline translate it."),
        "salesdock.date": Entry(
            "Salesdock takes no such date", "Salesdock takes an existing date such as {1} ({0})",
            do: "Write an existing date, or have the pipeline convert it."),
        "salesdock.integer": Entry(
            "Salesdock takes a whole number here", do: "Write digits only, without separators."),
        "salesdock.decimal": Entry(
            "Salesdock takes a number here", do: "Write a number with a decimal point, such as 12.50."),
        "salesdock.flag": Entry("Salesdock takes 1 or 0 here", do: "Write 1 for yes and 0 for no."),
        "salesdock.fixed": Entry(
            "This can't be changed any more in Salesdock", do: "Undo the change, or make a new record."),
        "salesdock.admin": Entry(
            "A completed offer can be changed with an Admin's token only",
            do: "Use an Admin's token (scope account), or undo the change."),
        "salesdock.unconfirmed": Entry(
            "Salesdock did not confirm the record", do: "Nothing; the next run looks it up."),
        "salesdock.look": Entry("Salesdock could not be asked", do: "Run again once Salesdock answers."),
        "match.ambiguous": Entry(
            "Several records in Salesdock match", do: "Merge them in Salesdock, or match by more fields."),
        "match.missing": Entry(
            "Salesdock has no record of this id",
            do: "Correct the id, or empty it to make a new record; it may be deleted, or of another account."),
        "match.claimed": Entry(
            "The matching record belongs to another row", do: "Correct the value by which records are matched."),
        "match.exists": Entry(
            "The record is in Salesdock already", do: "Leave the row out, or have the pipeline update it."),
        "match.open": Entry(
            "An earlier request of this record is not settled", do: "Nothing; the next run looks it up."),
        "drift.edited": Entry(
            "The record was edited in Salesdock since it was written",
            do: "Bring the source up to date, or have the pipeline overwrite what was edited."),
        "drift.kept": Entry(
            "The record was edited in Salesdock and is left as it is", do: "Nothing, unless the source is right."),
        "plan.differs": Entry("The row came out otherwise than planned", do: "Make a new plan."),
        "ref.missing": Entry(
            "The record that the row refers to is not in Salesdock yet",
            do: "Load that record; the row is taken along by the next run."),
        "lookup.missing": Entry(
            "There is nothing of this name in Salesdock", do: "Make it in Salesdock, or correct the value."),
        "file.missing": Entry(
            "The file that the row names is not there", do: "Put the file in its place, or correct its name."),
        "file.too_large": Entry("The file that the row names is too large", do: "Deliver a smaller file."),
        "file.outside": Entry(
            "The file that the row names lies outside the source's folder",
            do: "Put the file below the source's folder."),
    ]
}
