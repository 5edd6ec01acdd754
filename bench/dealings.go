package main

import (
	"context"
	"fmt"
	"html"
	"math/rand/v2"
	"net/url"
	"time"
)

// dealings are where the operations on support requests and invoices go: to the organisation that has most of both, as its
// admin and as somebody of its people see them, and to the back office.
type dealings struct {
	organization string
	admin, user  guest
	long         string // the request of theirs about which most was said
	open         string // one of theirs that is worked on
	watched      string // another one, which many watch once that is measured
	requests     int    // how many there are
	invoices     int
	deep         dive
}

// dive are pages far down the lists of the back office.
type dive struct{ queue, requests, invoices []string }

// guest is a contact who has signed in to the portal.
type guest struct{ contact, login, email, cookies string }

func (d *dealings) portal(path string) string {
	return "/" + slug + "/portal/" + d.organization + path
}

// identity is an identifier as either engine gives it.
type identity string

// Scan implements sql.Scanner.
func (i *identity) Scan(from any) error {
	switch v := from.(type) {
	case string:
		*i = identity(v)
	case []byte:
		if *i = identity(v); len(v) == 16 {
			*i = identity(fmt.Sprintf("%x-%x-%x-%x-%x", v[:4], v[4:6], v[6:8], v[8:10], v[10:]))
		}
	default:
		return fmt.Errorf("%T is no identifier", from)
	}
	return nil
}

// one reads one row.
func (b *bare) one(ctx context.Context, query string, args []any, into ...any) error {
	return b.conn.QueryRowContext(ctx, query, append([]any{b.workspace}, args...)...).Scan(into...)
}

const insiders = `SELECT c.id, l.id, l.email FROM contact c JOIN login l ON l.id = c.login_id
	WHERE c.workspace_id = $1 AND c.organization_id = $2 AND c.login_enabled = 1 AND c.authorized_at IS NOT NULL AND `

// deal finds the dealings, and lets the two guests sign in.
func (r *run) deal(ctx context.Context, staff *visitor) error {
	d := &dealings{}
	b := r.queries
	err := b.one(ctx, `SELECT organization_id FROM request WHERE workspace_id = $1 GROUP BY organization_id ORDER BY count(*) DESC LIMIT 1`, nil, (*identity)(&d.organization))
	if err != nil {
		return fmt.Errorf("the base has no requests: %w", err)
	}
	at := []any{identifier(d.organization)}
	if err := b.one(ctx, `SELECT id FROM request WHERE workspace_id = $1 AND organization_id = $2 ORDER BY entries DESC LIMIT 1`, at, (*identity)(&d.long)); err != nil {
		return err
	}
	for i, one := range []*string{&d.open, &d.watched} {
		if err := b.one(ctx, `SELECT id FROM request WHERE workspace_id = $1 AND organization_id = $2 AND state = 'in_progress' ORDER BY number LIMIT 1 OFFSET $3`, append(at, i), (*identity)(one)); err != nil {
			return err
		}
	}
	if err := b.one(ctx, `SELECT max(number) FROM request WHERE workspace_id = $1`, nil, &d.requests); err != nil {
		return err
	}
	if err := b.one(ctx, `SELECT count(*) FROM invoice WHERE workspace_id = $1`, nil, &d.invoices); err != nil {
		return err
	}
	for g, who := range map[*guest]string{
		&d.admin: `c.role IN ('admin', 'super_admin') ORDER BY c.number LIMIT 1`,
		&d.user:  `c.role = 'user' ORDER BY (SELECT count(*) FROM request_party p WHERE p.workspace_id = $1 AND p.contact_id = c.id) DESC, c.number LIMIT 1`,
	} {
		if err := b.one(ctx, insiders+who, at, (*identity)(&g.contact), (*identity)(&g.login), &g.email); err != nil {
			return err
		}
		if err := r.admit(ctx, g); err != nil {
			return err
		}
	}
	r.dealings = d
	return d.dive(staff)
}

// admit gives the guest the password of the staff, and signs in with it.
func (r *run) admit(ctx context.Context, g *guest) error {
	_, err := r.queries.conn.ExecContext(ctx, `UPDATE login SET password_hash = (SELECT password_hash FROM login WHERE email = $1) WHERE id = $2`, email, identifier(g.login))
	if err != nil {
		return err
	}
	v, err := visit(r.target.host)
	if err != nil {
		return err
	}
	defer v.close()
	err = v.signIn(g.email, password)
	g.cookies = v.cookies()
	return err
}

// dive finds, by their numbers, pages that are far down the lists, and what leads on from there.
func (d *dealings) dive(v *visitor) error {
	chance := rand.New(rand.NewPCG(2026, 22))
	for path, found := range map[string]*[]string{"/requests?size=24": &d.deep.queue, "/requests?size=24&sort=recent": &d.deep.requests, "/invoices?size=24": &d.deep.invoices} {
		for range 20 {
			address := office(path + "&page=" + fmt.Sprint(5+chance.IntN(30)))
			page, err := v.page(address)
			if err != nil {
				return err
			}
			m := nextLink.FindSubmatch(page)
			if m == nil {
				return fmt.Errorf("%s leads to no next page", address)
			}
			*found = append(*found, html.UnescapeString(string(m[1])))
		}
	}
	return nil
}

// What people type and choose.
var (
	subjects = []string{"imprimante", "ecran noir", "fac", "licence", "agenda lenteur", "poste 417", "certificat accueil", "téléph"}
	queues   = []string{"state=new", "state=open", "state=closed", "kind=administrative", "assignee=me", "assignee=nobody", "sort=activity", "state=closed&kind=administrative", "state=open&assignee=nobody"}
	bills    = []string{"state=unpaid", "state=overdue", "kind=credit_note", "year=2025", "year=2024&state=unpaid", "sort=oldest"}
	billed   = []string{"FA-0123", "cmd 123", "4711", "FA-000417", "imprimerie"}
)

// operations are the lists and pages; all are wanted below one and a half milliseconds.
func (d *dealings) operations() []operation {
	if d == nil {
		return nil
	}
	by := func(g guest, op operation) operation {
		op.cookies = g.cookies
		return op
	}
	read := func(key, name string, next func() request) operation {
		return operation{key: key, name: name, clients: 2, guard: 1500 * time.Microsecond, next: next}
	}
	at := func(path string) func(string) string {
		return func(s string) string { return office(path + url.QueryEscape(s)) }
	}
	lists := func(path string) func(string) string {
		return func(s string) string { return office(path + s) }
	}
	labels := make([]string, 500)
	for i := range labels {
		labels[i] = fmt.Sprintf("D-%06d", 1+i*7919%d.requests)
	}
	whole := d.portal("/requests?state=&kind=&sort=recent&size=24")
	return []operation{
		by(d.admin, read("r", "portal, home", pages(d.portal("")))),
		by(d.user, read("r", "portal, one's own requests", pages(whole))),
		by(d.admin, read("r", "portal, an organisation's requests", pages(whole))),
		by(d.admin, read("r", "portal, the open ones", pages(d.portal("/requests?state=open&kind=")))),
		by(d.admin, read("r", "portal, search by subject", pages(each(subjects, func(s string) string { return d.portal("/requests?state=&kind=&q=" + url.QueryEscape(s)) })...))),
		by(d.admin, read("r", "portal, one contact's requests", pages(d.portal("/contacts/"+d.user.contact+"/requests")))),
		by(d.admin, read("r", "portal, a thread of 100 comments", pages(d.portal("/requests/"+d.long)))),
		read("r", "queue, first page", pages(office("/requests"))),
		read("r", "queue, deep, by keyset", pages(d.deep.queue...)),
		read("r", "requests, filtered", pages(each(queues, lists("/requests?"))...)),
		read("r", "requests, newest, deep, by keyset", pages(d.deep.requests...)),
		read("r", "requests, 40th page by its number", pages(office("/requests?sort=recent&page=40"))),
		read("r", "requests, search by subject", pages(each(subjects, at("/requests?q="))...)),
		read("r", "requests, search by number", pages(each(labels, at("/requests?q="))...)),
		read("r", "requests, one organisation's", pages(office("/organizations/"+d.organization+"/requests"))),
		read("r", "requests, one contact's", pages(office("/requests?contact="+d.user.contact))),
		read("r", "requests, a thread of 100 comments", pages(office("/requests/"+d.long))),
		by(d.admin, read("f", "portal, invoices and what remains to pay", pages(d.portal("/invoices")))),
		by(d.admin, read("f", "portal, invoices, filtered", pages(each(bills, func(s string) string { return d.portal("/invoices?" + s) })...))),
		read("f", "invoices, first page", pages(office("/invoices"))),
		read("f", "invoices, filtered", pages(each(bills, lists("/invoices?"))...)),
		read("f", "invoices, deep, by keyset", pages(d.deep.invoices...)),
		read("f", "invoices, last page by its number", pages(office("/invoices?page="+fmt.Sprint(d.invoices/24)))),
		read("f", "invoices, search", pages(each(billed, at("/invoices?q="))...)),
		read("f", "invoices, one organisation's and what remains to pay", pages(office("/organizations/"+d.organization+"/invoices"))),
	}
}
