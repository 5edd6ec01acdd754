package sample

import (
	"time"

	"github.com/entregent/entregent/internal/email"
	"github.com/entregent/entregent/internal/name"
	"github.com/entregent/entregent/internal/phone"
)

// Contact is what is known of a person at an organisation. Every value is one that its type would parse, family and
// given name are unlike any other's of the organisation when folded, and so is the login e-mail. The words of Source,
// Role and DisabledBy are the database's.
type Contact struct {
	Organization int // its index
	Civility     name.Civility
	Family       name.Part
	Given        name.Part
	JobTitle     string
	Mobile       phone.Number
	Phone        phone.Number
	Email        email.Address // shared in some practices; absent from few that were imported
	LoginEmail   email.Address // once credentials were sent
	Locale       string        // "" = the workspace's
	TimeZone     string        // "" = the workspace's
	Source       string        // form, landing, import, api, portal
	Role         string        // user, admin, super_admin (one at most, who is joined and enabled)
	Primary      bool          // the first of each organisation, never from landing
	Enabled      bool
	DisabledBy   string // "", staff, portal

	// How long ago it happened, in whole seconds; 0 = it did not. Later things are nearer.
	Created, CredentialsSent, Joined, LastSignIn time.Duration
	Authorized                                   time.Duration // never of those from landing who await it
}

// Contact makes the contact of an index from 0 to Contacts() - 1; it panics on another.
func (s *Source) Contact(j int) Contact {
	organization, place := s.employer(j)
	w, r := words(), s.stream(aContact, j)
	p := s.person(w, organization, place)
	domain, zone := s.home(organization)
	c := Contact{Organization: organization, Family: p.family, Given: p.given, Role: "user", Primary: place == 0}
	c.Source = s.source(&r, place)
	s.describe(&c, &r, w, p.woman)
	c.Mobile, c.Phone = s.phones(&r, zone)
	s.progress(&c, &r)
	s.write(&c, &r, p, domain)
	if c.Source == "import" && c.CredentialsSent == 0 {
		forget(&c, &r)
	}
	if r.percent(4) {
		c.Locale = "en"
	}
	if r.percent(3) {
		c.TimeZone = zones[r.below(len(zones))]
	}
	return c
}

var zones = [...]string{"Indian/Reunion", "America/Martinique", "America/Guadeloupe", "Europe/Brussels", "America/Montreal"}

func (s *Source) source(r *stream, place int) string {
	n := r.below(100)
	switch {
	case place == 0 && n < 50, n < 40:
		return "import"
	case place == 0, n < 80:
		return "form"
	case s.kind == Vendor && n < 95:
		return "portal"
	case s.kind == School && n < 92:
		return "landing"
	case n < 95:
		return "portal"
	}
	return "api"
}

// describe gives civility and function.
func (s *Source) describe(c *Contact, r *stream, w *lists, woman bool) {
	c.Civility = name.Mr
	if woman {
		c.Civility = name.Ms
	}
	jobs := w.school
	if s.kind == Vendor {
		jobs = w.vendor
		if r.percent(30) || c.Primary && r.percent(80) {
			c.Civility, jobs = name.Dr, w.doctor
		}
	}
	if job := jobs[r.below(len(jobs))]; r.percent(85) {
		c.JobTitle = job.him
		if woman {
			c.JobTitle = job.her
		}
	}
}

// phones gives a fixed line to all in companies, where it is required, and to most in practices.
func (s *Source) phones(r *stream, zone int) (mobile, fixed phone.Number) {
	if r.percent(65) {
		mobile = number(mobiles, r)
	}
	if s.kind == School || r.percent(60) {
		fixed = landline(r, zone)
	}
	return mobile, fixed
}

const day = 24 * time.Hour

// progress leads the contact some way along: made, sent credentials, joined, signing in, switched off.
func (s *Source) progress(c *Contact, r *stream) {
	c.Created = time.Duration(1+r.below(1000))*day + time.Duration(r.below(86400))*time.Second
	landing := c.Source == "landing"
	switch {
	case landing && r.percent(60):
		return
	case !landing && !r.percent(55):
		if r.percent(15) {
			c.Authorized = part(c.Created, r)
		}
		return
	}
	c.CredentialsSent = part(c.Created, r)
	c.Enabled = true
	if !landing || r.percent(50) {
		c.Authorized = c.CredentialsSent
	}
	if r.percent(70) {
		c.Joined = part(c.CredentialsSent, r)
		c.LastSignIn = part(c.Joined, r)
	}
	switch {
	case c.Primary && c.Joined > 0 && r.percent(60):
		c.Role = "super_admin"
	case c.Joined > 0 && !landing && r.percent(12):
		c.Role = "admin"
	}
	if c.Role != "super_admin" && r.percent(7) {
		c.Enabled, c.DisabledBy = false, "staff"
		if r.percent(40) {
			c.DisabledBy = "portal"
		}
	}
}

// part is a time nearer than that one.
func part(of time.Duration, r *stream) time.Duration {
	seconds := max(1, int(of/time.Second))
	return time.Duration(1+r.below(seconds)) * time.Second
}

// write gives the addresses.
func (s *Source) write(c *Contact, r *stream, p person, domain string) {
	if r.percent(8) {
		domain = "courriel.example"
	}
	own := p.address(domain)
	must(c.Email.Scan(own))
	if c.CredentialsSent > 0 {
		c.LoginEmail = c.Email
	}
	if s.kind == Vendor && r.percent(6) {
		must(c.Email.Scan("secretariat@" + domain))
	}
}

// forget leaves empty what a file left empty.
func forget(c *Contact, r *stream) {
	if r.percent(8) {
		c.Email = email.Address{}
	}
	if r.percent(8) {
		c.Civility = ""
	}
	if r.percent(12) {
		c.Phone = phone.Number{}
	}
}
