package folder

import (
	"strings"

	"github.com/a-h/templ"

	"github.com/entregent/entregent/internal/document"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/web/ui"
)

// The rows of a list of 48 are written by hand, since what templ spends on each cell would be most of the page. Everything from
// outside goes through templ.EscapeString.

// rowWords are the texts that the rows share, printed once a page.
type rowWords struct {
	kind, dated, visibility, open, save, newTab string
	kinds                                       map[document.Kind]string
	doc, down                                   string // pictures
	badges                                      map[document.Visibility]string
}

func (l *List) words(w *ui.Writer) rowWords {
	p := l.R.P
	text := func(key string) string { return templ.EscapeString(p.Text(key)) }
	t := rowWords{
		kind: text("folder.kind"), dated: text("folder.dated_on"), visibility: text("folder.visibility"), open: text("folder.open"), save: text("folder.save"), newTab: text("web.files.new_tab"),
		kinds: map[document.Kind]string{}, badges: map[document.Visibility]string{}, doc: w.Drawn(ui.Icon("doc")), down: w.Drawn(ui.Icon("download")),
	}
	for _, k := range document.Kinds() {
		t.kinds[k] = templ.EscapeString(Kind(p, k))
	}
	for _, v := range document.Visibilities() {
		t.badges[v] = w.Drawn(Badge(p, v))
	}
	return t
}

// rows writes the table's rows.
func (l *List) rows() templ.Component {
	return ui.Written(func(w *ui.Writer) {
		words := l.words(w)
		for _, d := range l.Page.Items {
			l.row(w, words, d)
		}
	})
}

func (l *List) row(w *ui.Writer, t rowWords, d document.Listed) {
	p, title, at := l.R.P, templ.EscapeString(d.Title), templ.EscapeString(l.Files+d.ID.String())
	w.Put(`<tr><th scope="row" class="lead-column"><span class="who"><span><a href="`, at, `">`, title, `</a>`)
	if !d.File.ID.IsZero() {
		w.Put(`<small>`, templ.EscapeString(shortened(d.File.Name)), " ·\u00a0", templ.EscapeString(p.Bytes(d.File.Size)), `</small>`)
	}
	w.Put(`</span></span></th><td data-label="`, t.kind, `">`, t.kinds[d.Kind], `</td><td class="nowrap" data-label="`, t.dated, `">`, d.DatedOn.In(p), `</td>`)
	if len(l.visibilities()) > 0 {
		w.Put(`<td data-label="`, t.visibility, `"><span class="badges">`, t.badges[d.Visibility], `</span></td>`)
	}
	w.Put(`<td class="end nowrap">`)
	switch {
	case d.File.ID.IsZero():
	case d.File.Kind == file.PDF || d.File.Kind == file.Picture:
		w.Put(`<a class="button quiet only-icon" href="`, at, `/file" target="_blank" rel="noopener" aria-label="`, t.open, " ", title, " ", t.newTab, `">`, t.doc, `</a>`)
		fallthrough
	default:
		w.Put(`<a class="button quiet only-icon" href="`, at, `/file?save=1" download aria-label="`, t.save, " ", title, `">`, t.down, `</a>`)
	}
	w.Put(`</td></tr>`)
}

// longestShown is how much of a file's name stands in a list, in characters.
const longestShown = 48

// shortened is a file's name, with its end, short enough for a list.
func shortened(name string) string {
	runes := []rune(name)
	if len(runes) <= longestShown {
		return name
	}
	return strings.TrimSpace(string(runes[:longestShown-12])) + "…" + string(runes[len(runes)-11:])
}

func (l *List) columns() (list []ui.Column) {
	p := l.R.P
	list = append(list, ui.Column{Title: p.Text("folder.document"), Class: "lead-column"}, ui.Column{Title: p.Text("folder.kind")}, ui.Column{Title: p.Text("folder.dated_on")})
	if len(l.visibilities()) > 0 {
		list = append(list, ui.Column{Title: p.Text("folder.visibility")})
	}
	return append(list, ui.Column{Title: p.Text("folder.file"), Hidden: true, Class: "end"})
}
