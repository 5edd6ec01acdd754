package main

import (
	"errors"
	"fmt"
	"html"
	"math/rand/v2"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// places are what a look around the filled workspace finds: where the operations go. They are drawn by a fixed seed,
// so that two runs ask for the same.
type places struct {
	contacts      int      // how many there are
	organizations []string // identifiers
	people        []person
	sirets        []string
	deep          []string // addresses of pages far down the list of contacts
	last          string   // address of its last page
	jumps         []string // addresses of any page by its number
	rare, common  []string // letters that few names hold, and that many do, not begin with

	lastOrganizations string // of the list of organisations
}

// person is a contact as a page shows it.
type person struct{ organization, id, family, given string }

// How much is looked at.
const (
	organizationPages = 10
	visited           = 120 // organisations whose contacts are looked at
	deepPages         = 40
)

var (
	organizationLink = regexp.MustCompile(`/organizations/([0-9a-f-]{36})/contacts"`)
	contactLink      = regexp.MustCompile(`/contacts\?open=([0-9a-f-]{36})`)
	personsName      = regexp.MustCompile(`<b>([^<]+)</b> ([^<]+?)\s*<`)
	nextLink         = regexp.MustCompile(`href="([^"]*[?&;]after=[^"]*)"`)
)

func office(path string) string { return "/" + slug + "/office" + path }

// look finds the places of a workspace with so many organisations and contacts.
func look(v *visitor, organizations, contacts int) (*places, error) {
	p, chance := &places{contacts: contacts, lastOrganizations: office("/organizations?size=48&page=" + fmt.Sprint(organizations*98/100/48))}, rand.New(rand.NewPCG(2026, 11))
	for range organizationPages {
		page, err := v.page(office("/organizations?size=48&page=" + fmt.Sprint(1+chance.IntN(max(1, organizations/48)))))
		if err != nil {
			return nil, err
		}
		for _, m := range organizationLink.FindAllSubmatch(page, -1) {
			p.organizations = append(p.organizations, string(m[1]))
		}
	}
	slices.Sort(p.organizations)
	p.organizations = slices.Compact(p.organizations)
	chance.Shuffle(len(p.organizations), func(i, j int) {
		p.organizations[i], p.organizations[j] = p.organizations[j], p.organizations[i]
	})
	if err := p.meet(v); err != nil {
		return nil, err
	}
	if err := p.dive(v, chance); err != nil {
		return nil, err
	}
	return p, nil
}

// meet reads the names of some people.
func (p *places) meet(v *visitor) error {
	for _, organization := range p.organizations[:min(visited, len(p.organizations))] {
		page, err := v.page(office("/organizations/" + organization + "/contacts"))
		if err != nil {
			return err
		}
		ids, names := contactLink.FindAllSubmatch(page, -1), personsName.FindAllSubmatch(page, -1)
		for i := range min(len(ids), len(names)) {
			p.people = append(p.people, person{organization, string(ids[i][1]), html.UnescapeString(string(names[i][1])), html.UnescapeString(string(names[i][2]))})
		}
	}
	if len(p.people) == 0 {
		return errors.New("no contacts are shown on the pages of the organisations")
	}
	return nil
}

// dive finds, by their numbers, pages that are far down the list of contacts, and what leads on from there.
func (p *places) dive(v *visitor, chance *rand.Rand) error {
	pages := (p.contacts + 47) / 48
	p.last = office("/contacts?size=48&page=" + fmt.Sprint(pages))
	for range deepPages {
		p.jumps = append(p.jumps, office("/contacts?size=48&page="+fmt.Sprint(1+chance.IntN(pages))))
	}
	for range deepPages {
		address := office("/contacts?size=48&page=" + fmt.Sprint(pages/4+chance.IntN(max(1, pages/2))))
		page, err := v.page(address)
		if err != nil {
			return err
		}
		m := nextLink.FindSubmatch(page)
		if m == nil {
			return fmt.Errorf("%s leads to no next page", address)
		}
		p.deep = append(p.deep, html.UnescapeString(string(m[1])))
	}
	return nil
}

// search is the address of the list of contacts for what somebody typed.
func search(typed string) string { return office("/contacts?q=" + url.QueryEscape(typed)) }

// broad are beginnings of names that thousands bear, narrow those that few do; both with accents and capitals as people
// type them.
func (p *places) broad() (list []string) {
	for _, person := range p.people {
		list = append(list, string([]rune(strings.ToLower(person.family))[:2]))
	}
	return list
}

func (p *places) narrow() (list []string) {
	for _, person := range p.people {
		list = append(list, person.family+" "+string([]rune(person.given)[:2]))
	}
	return list
}
