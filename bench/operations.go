package main

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"crypto/rand"
)

const ms = time.Millisecond

// operations are what is measured, in the order of the table.
func operations(v *visitor, p *places) ([]operation, error) {
	create, err := creating(v, p)
	if err != nil {
		return nil, err
	}
	save, err := saving(v, p)
	if err != nil {
		return nil, err
	}
	one := turns(p.organizations, func(id string) string { return office("/organizations/" + id + "/contacts") })
	open := turns(p.people, func(who person) string {
		return office("/organizations/" + who.organization + "/contacts?open=" + who.id)
	})
	first := pages(office("/contacts?size=48"))
	deep := pages(p.deep...)
	broad, narrow := pages(each(p.broad(), search)...), pages(each(p.narrow(), search)...)
	number, siret := pages(each(numbers(p.contacts), search)...), pages(each(p.sirets, search)...)
	return []operation{
		{key: "a", name: "one organisation's contacts", clients: 2, guard: 400 * time.Microsecond, bare: "one", next: one},
		{key: "a", name: "the same, not compressed", clients: 2, guard: 400 * time.Microsecond, bare: "one", next: plain(one)},
		{key: "b", name: "list of 48, first page", clients: 2, guard: 1 * ms, bare: "first", next: first},
		{key: "b", name: "list of 48, not compressed", clients: 2, guard: 1 * ms, bare: "first", next: plain(first)},
		{key: "b", name: "list of 48, deep, by keyset", clients: 2, guard: 1 * ms, bare: "deep", next: deep},
		{key: "b", name: "list of 48, any page by its number", clients: 2, guard: 10 * ms, bare: "jump", next: pages(p.jumps...)},
		{key: "b", name: "list of 48, last page by its number", clients: 2, guard: 10 * ms, bare: "last", next: pages(p.last)},
		{key: "c1", name: "search, two letters", clients: 2, guard: 850 * time.Microsecond, bare: "broad", next: broad},
		{key: "c1", name: "search, name and first name begun", clients: 2, guard: 850 * time.Microsecond, bare: "narrow", next: narrow},
		{key: "c2", name: "search within names, rare", clients: 2, guard: 8 * ms, bare: "rare", next: pages(each(p.rare, search)...)},
		{key: "c2", name: "search within names, broad", clients: 2, guard: 8 * ms, bare: "common", next: pages(each(p.common, search)...)},
		{key: "c2", name: "search that finds nobody", clients: 2, guard: 8 * ms, next: pages(each(strangers, search)...)},
		{key: "c3", name: "search by number", clients: 2, guard: 150 * time.Microsecond, bare: "number", next: number},
		{key: "c3", name: "search by SIRET", clients: 2, guard: 150 * time.Microsecond, bare: "siret", next: siret},
		{key: "e", name: "create a contact, durable", clients: 1, guard: 1100 * time.Microsecond, bare: "create", writes: true, next: create},
		{key: "e", name: "create a contact, durable", clients: 8, guard: 1100 * time.Microsecond, bare: "create", writes: true, next: create},
		{key: "f", name: "save a contact's sheet", clients: 1, guard: 800 * time.Microsecond, bare: "save", writes: true, next: save},
		{key: "i", name: "mixed, 9 reads to 1 create", clients: 8, guard: 2500 * time.Microsecond, writes: true, onlyReads: true, next: mixed(create, one, first, deep, broad, narrow, number)},
		{key: "–", name: "one contact's sheet, open", clients: 2, next: open},
		{key: "–", name: "dashboard", clients: 2, next: pages(office(""))},
		{key: "–", name: "list of contacts, filtered", clients: 2, next: pages(each(filters, func(f string) string { return office("/contacts?size=48&" + f) })...)},
		{key: "–", name: "list of organisations, first page", clients: 2, next: pages(office("/organizations?size=48"))},
		{key: "–", name: "list of organisations, last page", clients: 2, next: pages(p.lastOrganizations)},
		{key: "–", name: "history, first page", clients: 2, next: pages(office("/journal"))},
	}, nil
}

// filters of the list of contacts, each by turns.
var filters = []string{"authorized=no", "state=invited", "state=active", "state=disabled", "role=super_admin", "source=landing", "source=portal", "incomplete=1", "sort=recent"}

// strangers are letters that no name holds.
var strangers = []string{"xqz", "wqx", "zzkq", "qqwv", "jxqh"}

// pages asks for one after the other, over and over.
func pages(addresses ...string) func() request {
	return turns(addresses, func(s string) string { return s })
}

func turns[T any](list []T, address func(T) string) func() request {
	var n atomic.Int64
	return func() request {
		return request{path: address(list[int(n.Add(1)-1)%len(list)]), want: http.StatusOK}
	}
}

func each(list []string, address func(string) string) []string {
	made := make([]string, len(list))
	for i, s := range list {
		made[i] = address(s)
	}
	return made
}

// plain is the same for a client that takes nothing compressed.
func plain(next func() request) func() request {
	return func() request {
		q := next()
		q.plain = true
		return q
	}
}

// numbers are some personal identifiers as people write them.
func numbers(contacts int) []string {
	list := make([]string, 1000)
	for i := range list {
		list[i] = fmt.Sprintf("C-%06d", 1+i*7919%contacts)
	}
	return list
}

// mixed is nine reads, by turns, to one write.
func mixed(write func() request, reads ...func() request) func() request {
	var n atomic.Int64
	return func() request {
		i := int(n.Add(1) - 1)
		if i%10 == 9 {
			return write()
		}
		return reads[i%len(reads)]()
	}
}

// creating posts the form « Ajouter un contact » of many organisations, each time for somebody new.
func creating(v *visitor, p *places) (func() request, error) {
	at := office("/organizations/" + p.organizations[0] + "/contacts")
	blank, err := v.form(at+"/new", at)
	if err != nil {
		return nil, err
	}
	var n atomic.Int64
	return func() request {
		i := int(n.Add(1) - 1)
		who := letters(firstNew + i)
		return request{
			path: office("/organizations/" + p.organizations[i%len(p.organizations)] + "/contacts"), want: http.StatusSeeOther,
			form: filled(blank, "submission", newUUID(), "civility", "ms", "family_name", "Banc "+who, "given_name", "Essai",
				"phone", "01 99 00 12 34", "mobile", "06 39 98 12 34", "job_title", "Responsable des essais", "email", "essai."+who+"@brenval.example"),
		}
	}, nil
}

// saving posts the sheets of some contacts, each time with another function.
func saving(v *visitor, p *places) (func() request, error) {
	type sheet struct {
		address string
		values  url.Values
		version int
	}
	var sheets []*sheet
	for _, who := range p.people[:min(50, len(p.people))] {
		address := office("/contacts/" + who.id)
		values, err := v.form(office("/organizations/"+who.organization+"/contacts?open="+who.id), address)
		if err != nil {
			return nil, err
		}
		version, err := strconv.Atoi(values.Get("version"))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", address, err)
		}
		sheets = append(sheets, &sheet{address, values, version})
	}
	n := -1 // one client saves, so that each knows the version that it changes
	return func() request {
		n++
		s := sheets[n%len(sheets)]
		s.version++
		return request{path: s.address, want: http.StatusSeeOther,
			form: filled(s.values, "version", strconv.Itoa(s.version-1), "job_title", "Banc d’essai "+letters(firstNew+n))}
	}, nil
}

// filled is a form with some values typed in.
func filled(blank url.Values, typed ...string) url.Values {
	values := make(url.Values, len(blank)+len(typed)/2)
	for name, list := range blank {
		values[name] = list
	}
	for i := 0; i < len(typed); i += 2 {
		values.Set(typed[i], typed[i+1])
	}
	return values
}

// firstNew is where the numbers of new people begin: past those of earlier runs on the same base.
var firstNew = int(time.Now().Unix()) % 300_000 * 1000

// letters writes a number by letters alone, as names want them.
func letters(n int) string {
	var b strings.Builder
	for range 6 {
		b.WriteByte(byte('a' + n%26))
		n /= 26
	}
	return b.String()
}

func newUUID() string {
	var b [16]byte
	rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
