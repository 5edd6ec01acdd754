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
	"strings"
	"sync/atomic"
	"syscall"
	"text/tabwriter"
	"time"
)

// peer is PocketBase with the same rows (peer/), asked for the same things in the same rounds: with its defaults, by its
// JSON API, as a user who is signed in.
type peer struct {
	binary, dir string
	served      *exec.Cmd
	target      *target
	token       string
	list        []contrast

	organizations, people []string // identifiers
}

// contrast is one of the peer's operations beside one of the product's.
type contrast struct {
	with    string // the product's operation
	clients int
	asked   string  // how the peer is asked, where there are several ways
	goal    float64 // how many times as many requests a second the product should answer; 0 = nothing is said
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
	broad := b.lists(24, false, each(p.broad(), begun)...)
	number := b.lists(24, false, each(numbers(p.contacts), func(n string) string { return "number = " + strings.TrimLeft(strings.TrimPrefix(n, "C-"), "0") })...)
	create := b.creating()
	b.list = []contrast{
		{with: "one organisation's contacts", clients: 2, goal: 3, next: one},
		{with: "list of 48, first page", clients: 2, goal: 4, next: first},
		{with: "list of 48, first page", clients: 2, asked: "with its total", goal: 50, next: b.lists(48, true, "")},
		{with: "list of 48, deep, by keyset", clients: 2, goal: 4, next: b.lists(48, false, deep...)},
		{with: "search, two letters", clients: 2, goal: 3.5, next: broad},
		{with: "search, two letters", clients: 2, asked: "by ~", goal: 50, next: b.lists(24, false, each(p.broad(), func(word string) string { return "family_name ~ " + quoted(word) })...)},
		{with: "search, name and first name begun", clients: 2, goal: 3.5, next: b.lists(24, false, narrow...)},
		{with: "search by number", clients: 2, goal: 5, next: number},
		{with: "create a contact, durable", clients: 1, asked: "not durable", goal: 1, next: create},
		{with: "create a contact, durable", clients: 8, asked: "not durable", goal: 2, next: create},
		{with: "save a contact's sheet", clients: 1, asked: "not durable", goal: 2, next: b.saving()},
		{with: "mixed, 9 reads to 1 create", clients: 8, goal: 6, next: mixed(create, one, first, b.lists(48, false, deep...), broad, number)},
	}
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

// measure lets the peer do what stands beside the operation.
func (b *peer) measure(op operation, lasts time.Duration) error {
	for i := range b.list {
		c := &b.list[i]
		if c.with != op.name || c.clients != op.clients {
			continue
		}
		s, err := b.target.run(operation{name: "the peer's " + c.with, clients: c.clients, writes: op.writes, next: c.next}, lasts)
		if err != nil {
			return err
		}
		c.samples = append(c.samples, s)
	}
	return nil
}

// print compares: the ratios are of medians, requests of the product to those of the peer, CPU and p99 of the peer to
// those of the product.
func (b *peer) print(w io.Writer, list []figures) error {
	t := tabwriter.NewWriter(w, 0, 0, 1, ' ', 0)
	fmt.Fprintln(t, "| beside PocketBase\t| clients\t| requests/s\t| its\t| times\t| wanted\t| CPU ms\t| its\t| times\t| p99 ms\t| its\t|")
	fmt.Fprintln(t, "|---\t|---\t|---\t|---\t|---\t|---\t|---\t|---\t|---\t|---\t|---\t|")
	for _, c := range b.list {
		for _, f := range list {
			if f.name == c.with && f.clients == c.clients && len(c.samples) > 0 {
				c.line(t, f)
			}
		}
	}
	memory, err := b.target.server.memory()
	if err != nil {
		return err
	}
	fmt.Fprintf(t, "\nits memory after the load (RssAnon): %s\n", megabytes(memory))
	return t.Flush()
}

func (c contrast) line(w io.Writer, f figures) {
	its := figures{samples: c.samples}
	rate, itsRate := f.median(sample.rate), its.median(sample.rate)
	slow := func(f figures) time.Duration {
		return time.Duration(f.median(func(s sample) float64 { return float64(s.p99) }))
	}
	name, goal := c.with, "–"
	if c.asked != "" {
		name += " (" + c.asked + ")"
	}
	if c.goal > 0 {
		goal = fmt.Sprintf("%.1f", c.goal)
	}
	fmt.Fprintf(w, "| %s\t| %d\t| %.0f\t| %.0f\t| %.1f\t| %s\t| %s\t| %s\t| %.1f\t| %s\t| %s\t|\n", name, c.clients, rate, itsRate, rate/itsRate, goal,
		milliseconds(f.cpu()), milliseconds(its.cpu()), float64(its.cpu())/float64(f.cpu()), milliseconds(slow(f)), milliseconds(slow(its)))
}
