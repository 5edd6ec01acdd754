package ui

import (
	"github.com/entregent/entregent/internal/file"
)

// What a form's fields are called that bring kept files back: the word of each, and the words of those that are wanted no
// more. New ones come as file.Field.
const (
	KeptFiles     = "kept_files"
	UnwantedFiles = "unwanted_files"
)

// KeptFile is one that a form brought, as it stands in the form when that comes back.
type KeptFile struct {
	Word string // by which the form brings it again
	Name string
	Size int64 // bytes
}

// Files describes the field by which a form brings files (Form.FilesField). Its form needs enctype="multipart/form-data",
// its route Files.
type Files struct {
	Label, Hint string
	Accept      string // what the browser offers: ".pdf"; "" = anything
	Most        int    // files that are taken
	Largest     int64  // bytes of one
	Optional    bool
	Drop        bool // files may be dropped on the field, which says so by its look
}

// tooLarge is what the page says of a file before it is sent.
func (f *Form) tooLarge(in Files) string {
	return f.P.Text("web.files.too_large", "Max", megabytes(in.Largest))
}

// fileLimits says how many files of which size are taken.
func (f *Form) fileLimits(in Files) string {
	limits := f.P.Count("web.files.limits", in.Most, "Max", megabytes(in.Largest))
	if in.Hint == "" {
		return limits
	}
	return in.Hint + " " + limits
}

func megabytes(n int64) int { return int(max(1, n>>20)) }

// Attachment is a file as a page shows it.
type Attachment struct {
	file.File
	Address string // of the route that serves it
}

// Attachments are files with the address of each.
func Attachments(files []file.File, address func(file.File) string) []Attachment {
	list := make([]Attachment, len(files))
	for i, f := range files {
		list[i] = Attachment{f, address(f)}
	}
	return list
}

// opens reports whether the browser shows the file by itself, in a tab of its own.
func (a Attachment) opens() bool { return a.Kind == file.PDF || a.Kind == file.Picture }

// largestPicture in bytes that is shown beside its name; a larger one only when it is opened.
const largestPicture = 4 << 20

// pictured reports whether the page itself shows it.
func (a Attachment) pictured() bool { return a.Kind == file.Picture && a.Size <= largestPicture }
