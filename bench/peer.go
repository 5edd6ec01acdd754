package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

// peer is PocketBase with the same rows (peer/), asked for the same things in the same rounds: with its defaults, by its
// JSON API, as a user who is signed in.
type peer struct {
	binary, dir string
	served      *exec.Cmd
	target      *target
	token       string
	list        []*contrast

	organizations, people []string // identifiers
}

// contrast is one of the peer's operations beside one of the product's.
type contrast struct {
	with    string // the product's operation
	clients int
	asked   string  // how the peer is asked, where there are several ways
	goal    float64 // how many times as many requests a second the product should answer; 0 = nothing is said
	slow    float64 // and what part of its p99 the product's may be
	next    func() request
	samples []sample
}

// openPeer builds it, takes the product's rows over and starts it. The product's base must be SQLite, and at rest.
func openPeer(ctx context.Context, o options, p *product) (*peer, error) {
	if p.dsn != "" {
		return nil, errors.New("the peer takes over the rows of an SQLite base only")
	}
	b := &peer{binary: filepath.Join(p.dir, "peer"), dir: filepath.Join(p.dir, "peer-data")}
	c := exec.CommandContext(ctx, "go", "build", "-o", b.binary, ".")
	c.Dir, c.Stderr, c.Env = filepath.Join(o.top, "bench", "peer"), os.Stderr, append(os.Environ(), "CGO_ENABLED=0")
	if err := c.Run(); err != nil {
		return nil, fmt.Errorf("build the peer: %w", err)
	}
	if _, err := os.Stat(b.dir); err != nil {
		note("filling the peer")
		if out, err := exec.CommandContext(ctx, b.binary, "fill", "-from", p.sqlite(), "-data", b.dir).CombinedOutput(); err != nil {
			return nil, fmt.Errorf("fill the peer: %w\n%s", err, out)
		}
	}
	if o.keep != "" {
		work := filepath.Join(p.dir, "peer-work")
		if err := copyOf(b.dir, work); err != nil {
			return nil, err
		}
		b.dir = work
	}
	return b, b.serve(ctx)
}

func (b *peer) serve(ctx context.Context) error {
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	host := free.Addr().String()
	free.Close()
	b.served = exec.CommandContext(ctx, b.binary, "serve", "-data", b.dir, "-addr", host)
	b.served.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
	if err := b.served.Start(); err != nil {
		return err
	}
	b.target = &target{host: host, server: process(b.served.Process.Pid)}
	for began := time.Now(); ; time.Sleep(100 * time.Millisecond) {
		err := b.enter()
		if err == nil || time.Since(began) > time.Minute {
			return err
		}
	}
}

func (b *peer) close() {
	_ = b.served.Process.Signal(os.Interrupt)
	_ = b.served.Wait()
}

// enter signs in and looks around.
func (b *peer) enter() error {
	var in struct{ Token string }
	body, err := json.Marshal(map[string]string{"identity": email, "password": password})
	if err != nil {
		return err
	}
	if err := b.call(http.MethodPost, "/api/collections/users/auth-with-password", string(body), &in); err != nil {
		return err
	}
	b.token = in.Token
	for name, list := range map[string]*[]string{"organizations": &b.organizations, "contacts": &b.people} {
		var found struct{ Items []struct{ ID string } }
		if err := b.call(http.MethodGet, records(name, "perPage", "500", "skipTotal", "1", "sort", "@random", "fields", "id"), "", &found); err != nil {
			return err
		}
		*list = nil
		for _, item := range found.Items {
			*list = append(*list, item.ID)
		}
		if len(*list) == 0 {
			return fmt.Errorf("the peer shows no %s", name)
		}
	}
	return nil
}

func (b *peer) call(method, path, body string, into any) error {
	q, err := http.NewRequest(method, "http://"+b.target.host+path, strings.NewReader(body))
	if err != nil {
		return err
	}
	q.Header.Set("Content-Type", "application/json")
	q.Header.Set("Authorization", b.token)
	a, err := http.DefaultClient.Do(q)
	if err != nil {
		return err
	}
	defer a.Body.Close()
	text, err := io.ReadAll(a.Body)
	if err == nil && a.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s %s", path, a.Status, text)
	}
	if err != nil {
		return err
	}
	return json.Unmarshal(text, into)
}

// records is the address of a collection's list, with its parameters by turns name and value.
func records(collection string, parameters ...string) string {
	return "/api/collections/" + collection + "/records?" + filled(nil, parameters...).Encode()
}

// byName is the order of the product's lists.
const byName = "family_key,given_key,id"

// lists asks by turns for lists under these filters.
func (b *peer) lists(size int, total bool, filters ...string) func() request {
	parameters := []string{"sort", byName, "perPage", fmt.Sprint(size)}
	if !total {
		parameters = append(parameters, "skipTotal", "1")
	}
	return b.asking(each(filters, func(filter string) string {
		return records("contacts", append(parameters[:len(parameters):len(parameters)], "filter", filter)...)
	}))
}

// asking asks for one address after the other, as who is signed in.
func (b *peer) asking(addresses []string) func() request {
	next := pages(addresses...)
	return func() request {
		q := next()
		q.header = "Authorization: " + b.token + "\r\n"
		return q
	}
}

func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", `\'`) + "'" }

// begun is a filter for a beginning, by the index.
func begun(word string) string {
	return "family_key >= " + quoted(word) + " && family_key < " + quoted(word+"\U0010FFFF")
}

// learn makes the operations that stand beside the product's.
func (b *peer) learn(p *places) {
	one := b.lists(24, false, each(b.organizations, func(id string) string { return "organization = " + quoted(id) })...)
	first := b.lists(48, false, "")
	var deep, narrow []string
	for _, who := range p.people {
		family, given := strings.ToLower(who.family), strings.ToLower(who.given)
		deep = append(deep, "family_key > "+quoted(family)+" || (family_key = "+quoted(family)+" && given_key > "+quoted(given)+")")
		narrow = append(narrow, begun(family)+" && given_key >= "+quoted(given[:1]))
	}
	deepest := b.lists(48, false, deep...)
	broad, begun := b.lists(24, false, each(p.broad(), begun)...), b.lists(24, false, narrow...)
	number := b.lists(24, false, each(numbers(p.contacts), func(n string) string { return "number = " + strings.TrimLeft(strings.TrimPrefix(n, "C-"), "0") })...)
	siret := b.lists(24, false, each(p.sirets, func(n string) string { return "organization.siret = " + quoted(n) })...)
	one48 := func(page int) string {
		return records("contacts", "sort", byName, "perPage", "48", "skipTotal", "1", "page", strconv.Itoa(page))
	}
	var jumps []string
	for i := range deepPages {
		jumps = append(jumps, one48(1+i*7919%(p.contacts/48)))
	}
	get := b.asking(each(b.people, func(id string) string { return "/api/collections/contacts/records/" + id }))
	create := b.creating()
	b.list = []*contrast{
		{with: "one organisation's contacts", clients: 2, goal: 3, slow: 0.5, next: one},
		{with: "list of 48, first page", clients: 2, goal: 4, slow: 1. / 3, next: first},
		{with: "list of 48, first page", clients: 2, asked: "with its total", goal: 50, next: b.lists(48, true, "")},
		{with: "list of 48, deep, by keyset", clients: 2, goal: 4, slow: 1. / 3, next: deepest},
		{with: "list of 48, any page by its number", clients: 2, next: b.asking(jumps)},
		{with: "list of 48, last page by its number", clients: 2, next: b.asking([]string{one48((p.contacts + 47) / 48)})},
		{with: "search, two letters", clients: 2, goal: 3.5, next: broad},
		{with: "search, two letters", clients: 2, asked: "by ~", goal: 50, next: b.lists(24, false, each(p.broad(), func(word string) string { return "family_name ~ " + quoted(word) })...)},
		{with: "search, name and first name begun", clients: 2, goal: 3.5, next: begun},
		{with: "search within names, rare", clients: 2, goal: 15, next: b.lists(24, false, each(p.rare, anywhere)...)},
		{with: "search within names, broad", clients: 2, goal: 1, next: b.lists(24, false, each(p.common, anywhere)...)},
		{with: "search that finds nobody", clients: 2, goal: 15, next: b.lists(24, false, each(strangers, anywhere)...)},
		{with: "search by number", clients: 2, goal: 5, next: number},
		{with: "search by SIRET", clients: 2, goal: 5, next: siret},
		{with: "one contact, JSON", clients: 2, goal: 5, slow: 1. / 3, next: get},
		{with: "list of 48, JSON", clients: 2, next: first},
		{with: "create a contact, durable", clients: 1, asked: "not durable", goal: 1, next: create},
		{with: "create a contact, durable", clients: 8, asked: "not durable", goal: 2, next: create},
		{with: "create a contact, JSON, durable", clients: 1, asked: "not durable", goal: 1, next: create},
		{with: "create a contact, JSON, durable", clients: 8, asked: "not durable", goal: 2, next: create},
		{with: "save a contact's sheet", clients: 1, asked: "not durable", goal: 2, next: b.saving()},
		{with: "mixed, 9 reads to 1 create", clients: 8, goal: 6, slow: 0.5, next: mixed(create, one, first, deepest, broad, begun, number)},
	}
}

// anywhere is a filter for letters anywhere in a name.
func anywhere(letters string) string {
	return "family_key ~ " + quoted(letters) + " || given_key ~ " + quoted(letters)
}

// sending is a request with a body in JSON.
func (b *peer) sending(method, path string, values map[string]string) request {
	body, _ := json.Marshal(values) // strings always can
	return request{method: method, path: path, json: string(body), want: http.StatusOK, header: "Authorization: " + b.token + "\r\n"}
}

func (b *peer) creating() func() request {
	var n atomic.Int64
	return func() request {
		i := int(n.Add(1) - 1)
		who, organization := letters(firstNew+i), b.organizations[i%len(b.organizations)]
		return b.sending(http.MethodPost, "/api/collections/contacts/records", map[string]string{
			"organization": organization, "civility": "ms", "family_name": "Banc " + who, "given_name": "Essai", "family_key": "banc " + who, "given_key": "essai",
			"identity": organization + "|" + who, "phone": "+33199001234", "mobile": "+33639981234", "job_title": "Responsable des essais",
			"email": "essai." + who + "@brenval.example", "role": "user", "source": "form",
		})
	}
}

func (b *peer) saving() func() request {
	n := -1
	return func() request {
		n++
		return b.sending(http.MethodPatch, "/api/collections/contacts/records/"+url.PathEscape(b.people[n%50]), map[string]string{"job_title": "Banc d’essai " + letters(firstNew+n)})
	}
}

// beside are its ways to do what the operation does.
func (b *peer) beside(op operation) (list []*contrast) {
	for _, c := range b.list {
		if c.with == op.name && c.clients == op.clients {
			list = append(list, c)
		}
	}
	return list
}

// measure lets it do something.
func (b *peer) measure(c *contrast, op operation, lasts time.Duration) error {
	s, err := b.target.run(operation{name: "the peer's " + c.with, clients: c.clients, writes: op.writes, onlyReads: op.onlyReads, next: c.next}, lasts)
	c.samples = append(c.samples, s)
	return err
}

// columns compare with the operation: the ratios are of the same rounds.
func (c *contrast) columns(f figures) []string {
	wanted := func(goal float64, sign string) string {
		if goal == 0 {
			return "–"
		}
		return sign + " " + strconv.FormatFloat(goal, 'g', 2, 64)
	}
	return append(performance(c.samples),
		fmt.Sprintf("%.1f", times(f.samples, c.samples, sample.rate)), wanted(c.goal, "≥"),
		fmt.Sprintf("%.2f", times(f.samples, c.samples, sample.slow)), wanted(c.slow, "≤"),
		fmt.Sprintf("%.1f", times(c.samples, f.samples, sample.work)))
}
