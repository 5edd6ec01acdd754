package billing

import (
	"github.com/a-h/templ"

	"github.com/entregent/entregent/internal/invoice"
	"github.com/entregent/entregent/internal/web/ui"
)

// The rows of a list of 48 are written by hand, since what templ spends on each cell would be most of the page. Everything from
// outside goes through templ.EscapeString.

// rowWords are the texts that the rows share, printed once a page.
type rowWords struct {
	organization, issued, due, net, remaining, state string // what a cell says when the row is a card
	pick, open, save, newTab                         string
	kinds                                            map[invoice.Kind]string
	doc, down                                        string // pictures
}

func (l *List) words(w *ui.Writer) rowWords {
	p := l.R.P
	text := func(key string) string { return templ.EscapeString(p.Text(key)) }
	return rowWords{
		organization: text("billing.organization"), issued: text("billing.issued_on"), due: text("billing.due_on"), net: text("billing.net_amount"),
		remaining: text("billing.amount_due"), state: text("billing.state"), pick: text("billing.pick"), open: text("billing.open"), save: text("billing.save"), newTab: text("web.files.new_tab"),
		kinds: map[invoice.Kind]string{invoice.Bill: text("invoice.kind.invoice"), invoice.CreditNote: text("invoice.kind.credit_note")},
		doc:   w.Drawn(ui.Icon("doc")), down: w.Drawn(ui.Icon("download")),
	}
}

// rows writes the table's rows.
func (l *List) rows() templ.Component {
	return ui.Written(func(w *ui.Writer) {
		words := l.words(w)
		for _, i := range l.Page.Items {
			l.row(w, words, i)
		}
	})
}

func (l *List) row(w *ui.Writer, t rowWords, i invoice.Listed) {
	p, number, at := l.R.P, templ.EscapeString(i.Number), templ.EscapeString(l.Files+i.ID.String())
	w.Put(`<tr>`)
	if l.mayEdit() {
		w.Put(`<td class="pick"><input type="checkbox" name="invoice" value="`, i.ID.String(), `" aria-label="`, t.pick, " ", number, `"></td>`)
	}
	w.Put(`<th scope="row" class="lead-column"><span class="who"><span>`)
	if l.Staff() {
		w.Put(`<a href="`, at, `">`, number, `</a>`)
	} else {
		w.Put(`<a href="`, at, `/file" target="_blank" rel="noopener">`, number, `<span class="visually-hidden"> `, t.newTab, `</span></a>`)
	}
	w.Put(`<small>`, t.kinds[i.Kind])
	if i.Reference != "" {
		w.Put(" ·\u00a0", templ.EscapeString(i.Reference))
	}
	w.Put(`</small></span></span></th>`)
	if l.Staff() && l.Of.IsZero() {
		w.Put(`<td data-label="`, t.organization, `"><a href="`, l.R.Office("/organizations/"+i.Organization.String()+"/invoices"), `">`, templ.EscapeString(i.OrganizationName), `</a></td>`)
	}
	w.Put(`<td class="nowrap" data-label="`, t.issued, `">`, i.IssuedOn.In(p), `</td><td class="nowrap" data-label="`, t.due, `"><span>`)
	w.Show(ui.Value(p, i.DueOn.In(p)))
	w.Put(`</span></td><td class="number nowrap" data-label="`, t.net, `">`, i.Net().In(p), `</td><td class="number nowrap" data-label="`, t.remaining, `">`, i.Remaining().In(p),
		`</td><td data-label="`, t.state, `"><span class="badges">`)
	w.Show(Badge(p, i.Invoice, l.today))
	w.Put(`</span></td><td class="end nowrap">`)
	if l.Staff() {
		w.Put(`<a class="button quiet only-icon" href="`, at, `/file" target="_blank" rel="noopener" aria-label="`, t.open, " ", number, " ", t.newTab, `">`, t.doc, `</a>`)
	} else {
		w.Put(`<a class="button quiet only-icon" href="`, at, `/file?save=1" download aria-label="`, t.save, " ", number, `">`, t.down, `</a>`)
	}
	w.Put(`</td></tr>`)
}

func (l *List) columns() (list []ui.Column) {
	p := l.R.P
	list = append(list, ui.Column{Title: p.Text("billing.number"), Class: "lead-column"})
	if l.Staff() && l.Of.IsZero() {
		list = append(list, ui.Column{Title: p.Text("billing.organization")})
	}
	return append(list, ui.Column{Title: p.Text("billing.issued_on")}, ui.Column{Title: p.Text("billing.due_on")}, ui.Column{Title: p.Text("billing.net_amount"), Class: "number"},
		ui.Column{Title: p.Text("billing.amount_due"), Class: "number"}, ui.Column{Title: p.Text("billing.state")}, ui.Column{Title: p.Text("billing.file"), Hidden: true, Class: "end"})
}
