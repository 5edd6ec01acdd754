package surface

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/canned"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/deposit"
	"github.com/entregent/entregent/internal/dispatch"
	"github.com/entregent/entregent/internal/document"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/invoice"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/login/link"
	"github.com/entregent/entregent/internal/mail"
	"github.com/entregent/entregent/internal/offer"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sample"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/token"
	"github.com/entregent/entregent/internal/transfer"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/webhook"
)

// cast is whoever stands before the school's doors.
var cast = []struct {
	name string
	come func(in *installation) (address string)
}{
	{"nobody", func(*installation) string { return "" }},
	{"officer", func(in *installation) string { return in.somebody(in.school, "officer") }},
	{"admin", func(in *installation) string { return in.somebody(in.school, "admin") }},
	{"foreign", func(in *installation) string { return in.somebody(in.vendor, "admin") }},
	{"guest", func(in *installation) string { return first(in.visitor(in.school, contact.Admin, unauthorized)) }},
	{"user", func(in *installation) string { return first(in.visitor(in.school, contact.User, nil)) }},
	{"p-admin", func(in *installation) string { return first(in.visitor(in.school, contact.Admin, nil)) }},
	{"p-super", func(in *installation) string { return first(in.visitor(in.school, contact.SuperAdmin, nil)) }},
	{"off", func(in *installation) string { return first(in.visitor(in.school, contact.User, switchedOff)) }},
}

// somebody is a new member of a host's team.
func (in *installation) somebody(h host, role string) string {
	in.t.Helper()
	_, letters := in.next()
	address := letters + "@" + h.Slug + ".example"
	in.staff(h, address, "Rachel Doucet", role)
	return address
}

// entitled is somebody new of the school's who may do what the route does: of its team, or behind the portal's door of one of its organisations.
func (in *installation) entitled(route web.Route) string {
	in.t.Helper()
	if route.Door == web.Contact {
		return in.comer(in.school, route)
	}
	return in.somebody(in.school, "admin")
}

// scene is a route with everything in its path made anew, at the host, for the person who is to ask.
type scene struct {
	in       *installation
	host     host
	route    web.Route
	method   string
	path     string
	who      string // the person's address; "" = nobody
	contact  contact.Contact
	request  id.Request
	offering id.Organization // whose offer it is about
	deposit  deposit.Matched
	webhook  id.Webhook
	ids      map[string]string // by the wildcards' names
}

var wildcard = regexp.MustCompile(`\{([a-z]+)\}`)

// stage makes the scene. A wildcard that nobody knows yet fails the test: say here how one is made.
func (in *installation) stage(route web.Route, h host, who string) *scene {
	in.t.Helper()
	s := &scene{in: in, host: h, route: route, who: who, ids: map[string]string{}}
	var path string
	s.method, path, _ = strings.Cut(route.Pattern, " ")
	path = strings.TrimSuffix(path, "{$}")
	for _, m := range wildcard.FindAllStringSubmatch(path, -1) {
		s.ids[m[1]] = s.thing(m[1])
		path = strings.Replace(path, m[0], s.ids[m[1]], 1)
	}
	s.path = path
	return s
}

func (s *scene) thing(name string) string {
	s.in.t.Helper()
	switch name {
	case "workspace":
		return s.host.Slug
	case "organization":
		if home, ok := s.in.homes[s.who]; ok && s.route.Door == web.Contact {
			return home.Organization.String()
		}
		return s.in.organization(s.host).ID.String()
	case "contact":
		if home, ok := s.in.homes[s.who]; ok && s.route.Door == web.Contact {
			s.contact = home
			if s.route.Needs == actor.OfferSuperAdmin && !s.in.archived(s.host, home) {
				s.contact = s.in.leader(s.host, home.Organization, contact.Admin)
				return s.contact.ID.String()
			}
			if s.route.Needs == actor.EditContacts || s.route.Needs == actor.SendCredentials { // what is not done to oneself
				s.contact = s.in.colleague(s.host, home)
			}
			return s.contact.ID.String()
		}
		s.contact = s.in.contact(s.host)
		if strings.HasSuffix(s.route.Pattern, "office/contacts/{contact}/handover") || strings.HasSuffix(s.route.Pattern, "/{contact}/revocation") { // of a super_admin who has joined
			s.contact = s.in.leader(s.host, s.contact.Organization, contact.SuperAdmin)
		}
		if strings.HasSuffix(s.route.Pattern, "/{contact}/login") { // which only who has joined has
			s.in.join(s.host, s.in.newLogin(s.host, s.contact.Email.String(), "Maël Kerannic"), s.contact, contact.User, nil)
		}
		return s.contact.ID.String()
	case "request":
		s.request = s.asked()
		return s.request.String()
	case "file":
		if !s.deposit.ID.IsZero() {
			return s.deposit.File.ID.String()
		}
		return s.in.attached(s.host, s.request)
	case "session":
		return s.in.session(s.who)
	case "handover":
		return s.offer().String()
	case "invoice":
		return s.in.invoice(s.host, s.invoiced()).String()
	case "document":
		return s.in.document(s.host, s.invoiced(), document.ForAll).String()
	case "version":
		return "1"
	case "offer":
		return s.deposited().String()
	case "notice":
		return s.in.notice(s.host, s.in.homes[s.who]).String()
	case "deposit":
		s.deposit = s.in.deposited(s.host)
		return s.deposit.ID.String()
	case "answer":
		return s.in.cannedAnswer(s.host).String()
	case "program":
		return s.in.program(s.host).String()
	case "webhook":
		s.webhook = s.in.webhook(s.host)
		return s.webhook.String()
	case "delivery":
		return s.in.tried(s.host, s.webhook).String()
	case "transfer":
		return s.in.transfer(s.host).String()
	case "dispatch":
		return s.in.dispatch(s.host).String()
	case "letter":
		return s.in.letter(s.host).String()
	case "member":
		return s.in.member(s.host).String()
	case "invitation":
		_, letters := s.in.next()
		return s.in.welcome(s.host, letters+"@invited.example").invitation.String()
	case "kind":
		s.in.worded(s.host, "invitation")
		return "invitation"
	case "language":
		return "fr"
	case "token":
		if strings.Contains(s.route.Pattern, "/activate/") {
			return s.in.invitation(s.host).token()
		}
		if strings.Contains(s.route.Pattern, "/offers/confirmation/") {
			return s.in.submitted(s.host)
		}
		return s.in.token(s.host, s.who, strings.Contains(s.route.Pattern, "/address/"))
	}
	s.in.t.Fatalf("no test knows how a {%s} is made, for %s", name, s.route.Pattern)
	return ""
}

// colleague is somebody new of the contact's organisation; of an archived one, where nobody comes in, the contact itself.
func (in *installation) colleague(h host, of contact.Contact) contact.Contact {
	in.t.Helper()
	var org organization.Organization
	in.view(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		org, err = organization.Get(ctx, tx, h.by, of.Organization)
		return err
	})
	if org.Archived() {
		return of
	}
	return in.person(h, of.Organization)
}

// letter is one that waits at the host; nobody sends it.
func (in *installation) letter(h host) (letter id.Letter) {
	in.t.Helper()
	err := in.db.Update(in.t.Context(), func(tx *sqldb.Tx) (err error) {
		letter, err = mail.Queue(in.t.Context(), tx, mail.New{Kind: "trial", Workspace: h.ID, Contact: id.NewContact()})
		return err
	})
	if err != nil {
		in.t.Fatal(err)
	}
	return letter
}

// notice is one that the contact was told; of nobody it is somebody's at the host.
func (in *installation) notice(h host, of contact.Contact) id.Notice {
	in.t.Helper()
	if of.ID.IsZero() {
		of = in.contact(h)
	}
	n := id.NewNotice()
	in.update(func(ctx context.Context, tx *sqldb.Tx) error {
		tx.Notify("notice")
		_, err := tx.Exec(ctx, `INSERT INTO notice (workspace_id, id, event_id, contact_id, kind, detail, subject_kind, subject_id, bell, digest, created_at, changed_at)
			SELECT workspace_id, $1, $1, id, 'own_role', '', 'own_login', id, 1, 0, $2, $2 FROM contact WHERE id = $3`, n, tx.Now(), of.ID)
		return err
	})
	return n
}

// transfer is a file that was received at the host; nobody works it off.
func (in *installation) transfer(h host) id.Transfer {
	in.t.Helper()
	kept, err := transfer.Receive(in.t.Context(), in.db, h.by, transfer.Settings{}, transfer.Upload{Noun: transfer.Contacts, Name: "personnes.csv"}, strings.NewReader(csvFile))
	if err != nil {
		in.t.Fatal(err)
	}
	return kept.ID
}

// dispatch is one that was started at the host; nobody works it off.
func (in *installation) dispatch(h host) (d id.Dispatch) {
	in.t.Helper()
	to := in.contact(h)
	err := in.db.Update(in.t.Context(), func(tx *sqldb.Tx) error {
		started, err := dispatch.Start(in.t.Context(), tx, h.by, dispatch.New{Contacts: []id.Contact{to.ID}})
		d = started.ID
		return err
	})
	if err != nil {
		in.t.Fatal(err)
	}
	return d
}

const csvFile = "SIRET;Civilité;Nom;Prénom;Téléphone;Email\n81245000000010;Mme;Tanguy;Enora;01 99 00 12 34;enora@forges.example\n"

// session is the identifier of a session of that person, in another browser; of nobody it is somebody else's.
func (in *installation) session(address string) (session string) {
	in.t.Helper()
	if address == "" {
		address = in.school.officer
	}
	in.as(address)
	in.view(func(ctx context.Context, tx *sqldb.Tx) error {
		person, err := in.login(ctx, tx, address)
		if err != nil {
			return err
		}
		devices, err := login.Sessions(ctx, tx, actor.Actor{Login: person.ID}, id.Session{})
		if err == nil {
			session = devices[0].Session.String()
		}
		return err
	})
	return session
}

// token is the secret of a one-time link of that person's, or of somebody's: to confirm another address, or to choose a
// new password.
func (in *installation) token(h host, address string, another bool) string {
	in.t.Helper()
	if address == "" {
		address = in.somebody(h, "officer")
	}
	_, letters := in.next()
	desk, purpose := in.desk(), link.Password
	var owner login.Login
	in.view(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		owner, err = in.login(ctx, tx, address)
		return err
	})
	err := desk.Recover(in.t.Context(), login.Recovery{Email: address})
	if another {
		purpose, err = link.Address, desk.AskAddress(in.t.Context(), actor.Actor{Login: owner.ID}, letters+"@anew.example")
	}
	if err != nil {
		in.t.Fatal(err)
	}
	var path string
	in.view(func(ctx context.Context, tx *sqldb.Tx) error {
		l, err := link.Open(ctx, tx, owner.ID, purpose)
		path = login.Links(in.secret, login.DefaultLimits()).Path(l)
		return err
	})
	return path[strings.LastIndexByte(path, '/')+1:]
}

// right is a form that the route takes, of somebody who may. A route without one fails the tests that need it.
func (s *scene) right() (url.Values, bool) {
	form, ok := forms[s.route.Pattern]
	if !ok {
		return nil, false
	}
	values := url.Values{}
	for _, pair := range form(s) {
		values.Add(pair[0], pair[1])
	}
	return values, true
}

type pairs [][2]string

func nothing(*scene) pairs { return nil }

func aText(s *scene) pairs {
	return pairs{{"enabled", "1"}, {"subject", "Bienvenue"}, {"body", "*Bienvenue* chez nous."}, theTextsVersion(s)[0]}
}

// worded gives the host a text of its own, always the same, in place of the one it has.
func (in *installation) worded(h host, kind string) {
	in.t.Helper()
	err := in.db.Update(in.t.Context(), func(tx *sqldb.Tx) error {
		_, err := tx.Exec(in.t.Context(), `INSERT INTO letter_text (workspace_id, kind, locale, enabled, subject, body, version, updated_at)
			VALUES ($1, $2, 'fr', 0, 'Bonjour', 'Bonjour.', $3, $4) ON CONFLICT (workspace_id, kind, locale) DO UPDATE SET
			enabled = excluded.enabled, subject = excluded.subject, body = excluded.body, version = excluded.version`, h.ID, kind, int64(tx.Now()), tx.Now())
		return err
	})
	if err != nil {
		in.t.Fatal(err)
	}
}

// theTextsVersion is that of the host's own wording, 0 when it has none.
func theTextsVersion(s *scene) pairs {
	version := int64(0)
	s.in.view(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		version, err = sqldb.One(ctx, tx, sqldb.Value[int64], `SELECT COALESCE(MAX(version), 0) FROM letter_text WHERE workspace_id = $1 AND kind = $2 AND locale = $3`,
			s.host.ID, s.ids["kind"], s.ids["language"])
		return err
	})
	return pairs{{"version", strconv.FormatInt(version, 10)}}
}

func aColleague(s *scene) pairs {
	_, letters := s.in.next()
	return pairs{
		{"civility", "ms"}, {"family_name", "Le Guen " + letters}, {"given_name", "Anaïs"}, {"job_title", "Responsable RH"}, {"locale", "en"}, {"time_zone", "Europe/Paris"},
		{"login_enabled", "yes"}, {"role", "admin"}, {"login_email", letters + ".connexion@forges.example"},
		{"email", letters + "@forges.example"}, {"phone", "01 99 00 00 02"}, {"mobile", "06 39 98 12 34"},
	}
}

func aComment(*scene) pairs {
	return pairs{{"comment", "A rappelé ce matin."}, {"submission", id.NewJob().String()}}
}

const (
	office = " /{workspace}/office"
	portal = " /{workspace}/portal/{organization}"
)

// forms are the routes that are posted to, each with what it wants.
var forms = map[string]func(s *scene) pairs{
	"POST /sign-in": func(s *scene) pairs { return pairs{{"email", s.who}, {"password", password}} },
	"POST /setup": func(*scene) pairs {
		return pairs{{"word", "none"}, {"slug", "third"}, {"name", "Third"}, {"kind", "school"}, {"admin_name", "Ann"}, {"admin_email", "ann@third.example"}, {"password", password}}
	},
	"POST /sign-out":           nothing,
	"POST /forgotten-password": func(s *scene) pairs { return pairs{{"email", s.in.somebody(s.host, "officer")}} },
	"POST /password/{token}":   func(*scene) pairs { return pairs{{"new_password", "quai des lanternes grises"}} },
	"POST /address/{token}":    nothing,
	"POST /activate": func(s *scene) pairs {
		i := s.in.invitation(s.host)
		return pairs{{"email", i.contact.Email.String()}, {"code", i.code}}
	},
	"POST /activate/{token}":          func(*scene) pairs { return pairs{{"password", "quai des lanternes grises"}} },
	"POST /activate/{token}/strength": func(*scene) pairs { return pairs{{"password", "quai des lanternes"}} },
	"POST /activate/{token}/sign-out": nothing,
	"POST /activate/{token}/refusal":  nothing,
	"POST /activate/{token}/renewal":  nothing,
	"POST /password/{token}/strength": func(*scene) pairs { return pairs{{"password", "quai des lanternes"}} },
	"POST /profile/password/strength": func(*scene) pairs { return pairs{{"password", "quai des lanternes"}} },
	"POST /profile/address": func(s *scene) pairs {
		_, letters := s.in.next()
		return pairs{{"email", letters + "@anew.example"}, {"password", password}}
	},
	"POST /profile/address/withdrawal": nothing,
	"POST /language":                   func(*scene) pairs { return pairs{{"language", "en"}, {"next", "/help"}} },
	"POST /profile": func(*scene) pairs {
		return pairs{{"name", "Rachel Le Goff"}, {"locale", "fr"}, {"time_zone", "Europe/Paris"}, {"theme", "dark"}, {"version", "1"}}
	},
	"POST /profile/password": func(*scene) pairs {
		return pairs{{"current_password", password}, {"new_password", "quai des lanternes grises"}}
	},
	"POST /profile/sessions/{session}/end": nothing,
	"POST /profile/sessions/end":           nothing,

	"POST" + office + "/organizations": func(s *scene) pairs {
		n, letters := s.in.next()
		return pairs{
			{"name", "Forges " + letters}, {"siret", siret(n)}, {"customer_number", "F-" + letters}, {"address", "3 quai du Port"}, {"postcode", "29200"},
			{"city", "Brenval"}, {"phone", "01 99 00 00 01"}, {"website", "https://forges.example"}, {"submission", id.NewJob().String()},
		}
	},
	"POST" + office + "/organizations/{organization}": func(s *scene) pairs {
		return pairs{
			{"name", "Forges du Port"}, {"customer_number", "F-" + s.ids["organization"]}, {"address", "3 quai du Port"}, {"postcode", "29200"}, {"city", "Brenval"},
			{"phone", "01 99 00 00 01"}, {"website", "https://forges.example"}, {"version", "1"},
		}
	},
	"POST" + office + "/organizations/{organization}/identity": func(s *scene) pairs {
		n, _ := s.in.next()
		return pairs{{"siret", siret(n)}, {"customer_number", ""}, {"reason", "Numéro mal recopié."}, {"version", "1"}}
	},
	"POST" + office + "/organizations/{organization}/archive":     nothing,
	"POST" + office + "/organizations/{organization}/restoration": nothing,
	"POST" + office + "/organizations/{organization}/deletion":    func(*scene) pairs { return pairs{{"password", password}} },
	"POST" + office + "/organizations/{organization}/comments":    aComment,
	"POST" + office + "/organizations/{organization}/delegation": func(*scene) pairs {
		return pairs{
			{"add_contacts", "yes"}, {"give_logins", "yes"}, {"give_admin", "no"}, {"max_logins", "20"}, {"login_domains", "corvenne.example"}, {"approval", "yes"}, {"version", "0"},
		}
	},
	"POST" + office + "/organizations/{organization}/contacts": func(s *scene) pairs {
		_, letters := s.in.next()
		return pairs{
			{"civility", "ms"}, {"family_name", "Le Guen " + letters}, {"given_name", "Anaïs"}, {"mobile", "06 39 98 12 34"}, {"phone", "01 99 00 00 02"},
			{"job_title", "Responsable RH"}, {"email", letters + "@forges.example"}, {"submission", id.NewJob().String()},
		}
	},
	"POST" + office + "/contacts/{contact}": func(s *scene) pairs {
		return pairs{
			{"civility", "mr"}, {"mobile", "06 39 98 00 01"}, {"phone", "01 99 00 00 03"}, {"job_title", "Tuteur"}, {"email", "tuteur@forges.example"}, {"login_email", "tuteur.connexion@forges.example"},
			{"role", "admin"}, {"locale", "en"}, {"time_zone", "Europe/Paris"}, {"login_enabled", "1"}, {"primary", ""}, {"version", strconv.FormatInt(s.contact.Version, 10)},
		}
	},
	"POST" + office + "/contacts/{contact}/name": func(s *scene) pairs {
		_, letters := s.in.next()
		return pairs{{"family_name", "Morvan " + letters}, {"given_name", "Yann"}, {"person", "another"}, {"version", strconv.FormatInt(s.contact.Version, 10)}}
	},
	"POST" + portal + "/contacts/new": aColleague,
	"POST" + portal + "/contacts": func(s *scene) pairs {
		return append(aColleague(s), [2]string{"submission", id.NewJob().String()})
	},
	"POST" + office + "/contacts/{contact}/authorization": nothing,
	"POST" + office + "/contacts/{contact}/primary":       nothing,
	"POST" + office + "/contacts/{contact}/credentials": func(*scene) pairs {
		return pairs{{"switch_on", "1"}, {"submission", id.NewJob().String()}}
	},
	"POST" + office + "/contacts/{contact}/login": func(s *scene) pairs {
		return pairs{{"login_email", "other." + s.contact.Email.String()}, {"password", password}}
	},
	"POST" + office + "/contacts/{contact}/revocation": func(*scene) pairs {
		return pairs{{"password", password}, {"submission", id.NewJob().String()}}
	},
	"POST" + office + "/contacts/{contact}/handover": func(s *scene) pairs {
		taker := s.in.leader(s.host, s.contact.Organization, contact.User)
		return pairs{{"to", taker.ID.String()}, {"reason", "Départ à la retraite"}, {"switch_off", "1"}, {"password", password}, {"submission", id.NewJob().String()}}
	},
	"POST" + office + "/contacts/{contact}/deletion": func(*scene) pairs { return pairs{{"successor", ""}} },
	"POST" + office + "/contacts/{contact}/comments": aComment,
	"POST" + office + "/journal/comments":            aComment,
	"POST" + office + "/invoices": func(s *scene) pairs {
		_, letters := s.in.next()
		return append(anInvoice("F-"+letters), [2]string{"organization", s.in.organization(s.host).ID.String()}, [2]string{"submission", id.NewJob().String()}, [2]string{file.Field, aPDF})
	},
	"POST" + office + "/invoices/state": func(s *scene) pairs {
		return pairs{{"state", "paid"}, {"invoice", s.in.invoice(s.host, s.in.organization(s.host).ID).String()}, {"back", "/" + s.host.Slug + "/office/invoices"}}
	},
	"POST" + office + "/invoices/{invoice}":          func(s *scene) pairs { return append(anInvoice("G-"+s.ids["invoice"]), [2]string{"version", "1"}) },
	"POST" + office + "/invoices/{invoice}/state":    func(*scene) pairs { return pairs{{"state", "paid"}} },
	"POST" + office + "/invoices/{invoice}/file":     func(*scene) pairs { return pairs{{file.Field, aPDF}} },
	"POST" + office + "/invoices/{invoice}/deletion": nothing,
	"POST" + office + "/organizations/{organization}/documents": func(*scene) pairs {
		return append(aDocument(), [2]string{"submission", id.NewJob().String()}, [2]string{file.Field, aPDF})
	},
	"POST" + office + "/documents/{document}": func(*scene) pairs { return append(aDocument(), [2]string{"version", "1"}) },
	"POST" + office + "/documents/{document}/versions": func(*scene) pairs {
		return pairs{{"submission", id.NewJob().String()}, {file.Field, string(sample.PDF("Version 2"))}}
	},
	"POST" + office + "/documents/{document}/deletion": func(*scene) pairs { return pairs{{"reason", "Doublon"}} },
	"POST" + office + "/offers": func(s *scene) pairs {
		return append(anOffer(), [2]string{"organization", s.in.organization(s.host).ID.String()}, [2]string{"submission", id.NewJob().String()})
	},
	"POST" + office + "/offers/{offer}":           func(*scene) pairs { return append(anOffer(), [2]string{"version", "1"}) },
	"POST" + office + "/offers/{offer}/state":     func(*scene) pairs { return pairs{{"act", "accept"}} },
	"POST" + office + "/offers/{offer}/rejection": func(*scene) pairs { return pairs{{"reason", "Déjà déposée"}} },
	"POST" + office + "/offers/{offer}/contacts": func(s *scene) pairs {
		return pairs{{"contact", s.in.person(s.host, s.offering).ID.String()}, {"part", "tutor"}, {"apprentices", "2"}, {"repeating", "1"}}
	},
	"POST" + office + "/offers/{offer}/contacts/{contact}/removal": func(*scene) pairs { return pairs{{"part", "tutor"}} },
	"POST" + office + "/offers/{offer}/file":                       func(*scene) pairs { return pairs{{file.Field, aPDF}} },
	"POST" + office + "/offers/{offer}/file/removal":               nothing,
	"POST" + office + "/offers/{offer}/deletion":                   nothing,
	"POST" + portal + "/offers": func(*scene) pairs {
		return append(anOffer(), [2]string{"submission", id.NewJob().String()})
	},
	"POST" + portal + "/offers/{offer}":            func(*scene) pairs { return append(anOffer(), [2]string{"version", "1"}) },
	"POST" + portal + "/offers/{offer}/withdrawal": nothing,
	"POST" + office + "/requests": func(s *scene) pairs {
		return pairs{{"number", contact.Label(s.in.contact(s.host).Number)}, {"kind", "technical"}, {"subject", "Écran noir"}, {"text", "Depuis ce matin."}, {"submission", id.NewJob().String()}}
	},
	"POST" + office + "/requests/many": func(s *scene) pairs {
		return pairs{{"act", "move"}, {"state", "resolved"}, {"assignee", "me"}, {"request", s.asked().String()}, {"back", ""}}
	},
	"POST" + office + "/requests/{request}/answer":     aMessage,
	"POST" + office + "/requests/{request}/note":       aMessage,
	"POST" + office + "/requests/{request}/state":      func(*scene) pairs { return pairs{{"state", "resolved"}} },
	"POST" + office + "/requests/{request}/assignment": func(*scene) pairs { return pairs{{"assignee", "me"}} },
	"POST" + office + "/requests/{request}/kind":       func(*scene) pairs { return pairs{{"kind", "administrative"}} },
	"POST" + office + "/requests/{request}/contact": func(s *scene) pairs {
		return pairs{{"number", contact.Label(s.in.contact(s.host).Number)}, {"elsewhere", "1"}}
	},
	"POST" + office + "/settings/answers": func(s *scene) pairs {
		_, letters := s.in.next()
		return pairs{{"title", letters}, {"text", "Éteignez, puis rallumez."}, {"submission", id.NewJob().String()}}
	},
	"POST" + office + "/settings/answers/{answer}": func(s *scene) pairs {
		_, letters := s.in.next()
		return pairs{{"title", letters}, {"text", "Rallumez."}, {"version", "1"}}
	},
	"POST" + office + "/settings/answers/{answer}/deletion": nothing,
	"POST" + office + "/settings/tokens": func(s *scene) pairs {
		_, letters := s.in.next()
		return pairs{{"name", letters}, {"rights", "contacts:read"}, {"expires_on", "2099-12-31"}, {"password", password}, {"submission", id.NewJob().String()}}
	},
	"POST" + office + "/settings/tokens/{program}/revocation": nothing,
	"POST" + office + "/settings/webhooks": func(s *scene) pairs {
		s.in.roomForWebhooks(s.host)
		return append(aWebhook(), pairs{{"submission", id.NewJob().String()}}...)
	},
	"POST" + office + "/settings/webhooks/{webhook}": func(*scene) pairs { return append(aWebhook(), pairs{{"version", "1"}}...) },
	"POST" + office + "/settings/webhooks/{webhook}/secret": func(*scene) pairs {
		return pairs{{"password", password}, {"submission", id.NewJob().String()}}
	},
	"POST" + office + "/settings/webhooks/{webhook}/state":                        func(*scene) pairs { return pairs{{"enabled", "0"}, {"missed", ""}} },
	"POST" + office + "/settings/webhooks/{webhook}/trial":                        func(*scene) pairs { return pairs{{"submission", id.NewJob().String()}} },
	"POST" + office + "/settings/webhooks/{webhook}/replay":                       func(*scene) pairs { return pairs{{"since", "2026-11-01"}} },
	"POST" + office + "/settings/webhooks/{webhook}/deliveries/{delivery}/replay": nothing,
	"POST" + office + "/settings/webhooks/{webhook}/deletion":                     nothing,
	"POST" + office + "/dispatches": func(s *scene) pairs {
		return pairs{{"contact", s.in.contact(s.host).ID.String()}, {"switch_on", "1"}, {"told", ""}, {"submission", id.NewJob().String()}}
	},
	"POST" + office + "/dispatches/{dispatch}/cancel": nothing,
	"POST" + office + "/import": func(*scene) pairs {
		return pairs{{"noun", "contacts"}, {"update", "1"}, {"create_organizations", ""}, {"accept_corrections", ""}, {"rename", ""}, {theFile, csvFile}}
	},
	"POST" + office + "/import/{transfer}/check": func(*scene) pairs {
		return pairs{{"update", "1"}, {"create_organizations", "1"}, {"accept_corrections", "1"}, {"rename", ""}}
	},
	"POST" + office + "/import/{transfer}/start":  nothing,
	"POST" + office + "/import/{transfer}/cancel": nothing,
	"POST" + office + "/export/confirmation": func(s *scene) pairs {
		return pairs{{"password", password}, {"next", "/" + s.host.Slug + "/office/export?noun=contacts&format=csv"}}
	},
	"POST /{workspace}/offers/new":                  func(s *scene) pairs { return s.in.anOffer(s.host) },
	"POST /{workspace}/offers/confirmation/{token}": nothing,
	"POST" + office + "/deposits/decision": func(s *scene) pairs {
		return pairs{{"deposit", s.in.deposited(s.host).ID.String()}, {"verdict", "refused"}, {"letter", "1"}}
	},
	"POST" + office + "/deposits/{deposit}/attachment": func(s *scene) pairs {
		c := s.in.contact(s.host)
		return pairs{{"organization", c.Organization.String()}, {"contact", c.ID.String()}}
	},
	"POST" + office + "/deposits/{deposit}/address": nothing,
	"POST" + office + "/settings/form": func(s *scene) pairs {
		version, months := int64(0), "12"
		s.in.view(func(ctx context.Context, tx *sqldb.Tx) error {
			f, err := deposit.FormOf(ctx, tx, actor.OfProgram(s.host.ID))
			if version = f.Version; f.Months == 12 {
				months = "24" // another each time
			}
			return err
		})
		return pairs{
			{"form_enabled", "1"}, {"form_confirmed", "1"}, {"consent_fr", fmt.Sprintf("D’accord (%d).", version)}, {"consent_en", ""}, {"months", months},
			{"origins", "https://www.ecole.example"}, {"version", strconv.FormatInt(version, 10)},
		}
	},
	"POST" + office + "/settings/letters": nothing,
	"POST" + office + "/settings/team": func(s *scene) pairs {
		_, letters := s.in.next()
		return pairs{
			{"name", "Gwen Le Bars"}, {"email", letters + "@invited.example"}, {"role", "admin"}, {"locale", "fr"}, {"password", password}, {"submission", id.NewJob().String()},
		}
	},
	"POST" + office + "/settings/team/{member}/role":                       func(*scene) pairs { return pairs{{"role", "admin"}, {"password", password}} },
	"POST" + office + "/settings/team/{member}/removal":                    nothing,
	"POST" + office + "/settings/team/invitations/{invitation}/renewal":    func(*scene) pairs { return pairs{{"password", password}} },
	"POST" + office + "/settings/team/invitations/{invitation}/withdrawal": nothing,
	"POST" + portal + "/export/confirmation": func(s *scene) pairs {
		return pairs{{"password", password}, {"next", portalOf(s.host, s.contact) + "/contacts/export?format=csv"}}
	},
	"POST" + portal + "/contacts/{contact}/edit": func(s *scene) pairs {
		return pairs{
			{"civility", "mr"}, {"mobile", "06 39 98 00 01"}, {"phone", "01 99 00 00 03"}, {"job_title", "Tuteur"}, {"email", "tuteur@forges.example"},
			{"locale", "en"}, {"time_zone", "Europe/Paris"}, {"version", strconv.FormatInt(s.contact.Version, 10)}, {"password", password},
		}
	},
	"POST" + portal + "/contacts/{contact}/name": func(s *scene) pairs {
		_, letters := s.in.next()
		return pairs{{"family_name", "Morvan " + letters}, {"given_name", "Yann"}, {"person", "another"}, {"version", strconv.FormatInt(s.contact.Version, 10)}}
	},
	"POST" + portal + "/contacts/{contact}/credentials": func(*scene) pairs {
		return pairs{{"switch_on", "1"}, {"submission", id.NewJob().String()}}
	},
	"POST" + portal + "/contacts/{contact}/handover":     func(*scene) pairs { return pairs{{"password", password}} },
	"POST" + portal + "/handovers/{handover}/withdrawal": nothing,
	"POST" + portal + "/handovers/{handover}/refusal":    nothing,
	"POST" + portal + "/handovers/{handover}/acceptance": func(*scene) pairs { return pairs{{"password", password}} },
	"POST" + portal + "/contacts/{contact}/primary":      nothing,
	"POST" + portal + "/contacts/{contact}/preferences": func(*scene) pairs {
		return pairs{{"bell_request_comment", "1"}, {"mail_request_state", "1"}, {"digest", "daily"}, {"hour", "7"}, {"version", "0"}}
	},
	"POST" + portal + "/notifications/reading":          nothing,
	"POST" + portal + "/notifications/{notice}/opening": nothing,
	"POST" + portal + "/notifications/{notice}/reading": nothing,
	"POST" + portal + "/notifications/{notice}/removal": nothing,
	"POST" + portal + "/contacts/{contact}/deletion":    func(*scene) pairs { return pairs{{"successor", ""}} },
	"POST" + portal + "/requests": func(*scene) pairs {
		return pairs{{"kind", "technical"}, {"subject", "Écran noir"}, {"text", "Depuis ce matin."}, {"submission", id.NewJob().String()}}
	},
	"POST" + portal + "/requests/{request}/comments": func(*scene) pairs {
		return pairs{{"text", "Toujours rien."}, {"submission", id.NewJob().String()}}
	},
	"POST" + portal + "/requests/{request}/withdrawal":                 nothing,
	"POST" + portal + "/requests/{request}/reopening":                  nothing,
	"POST" + portal + "/requests/{request}/watching":                   func(*scene) pairs { return pairs{{"watch", "no"}} },
	"POST" + portal + "/requests/{request}/watchers":                   func(s *scene) pairs { return pairs{{"contact", s.contact.ID.String()}} },
	"POST" + portal + "/requests/{request}/watchers/{contact}/removal": nothing,
	letterText:              aText,
	letterText + "/preview": aText,
	letterText + "/sample":  nothing,
	letterText + "/removal": theTextsVersion,
	"POST" + office + "/settings": func(s *scene) pairs {
		version := int64(0)
		s.in.view(func(ctx context.Context, tx *sqldb.Tx) error {
			w, err := s.in.workspace(ctx, tx, s.host)
			version = w.Version
			return err
		})
		return pairs{
			{"name", s.host.Name}, {"organization_noun", "company"}, {"country", "FR"}, {"locale", "fr"}, {"time_zone", "Europe/Paris"},
			{"brand", fmt.Sprintf("#2255%02x", version%256)}, {"phone_required", "1"}, {"offers", "1"}, {"version", strconv.FormatInt(version, 10)},
		}
	},
}

// letterText is the wording of a kind of letters.
const letterText = "POST" + office + "/settings/templates/{kind}/{language}"

// aPDF is a page with some words on it.
var aPDF = string(sample.PDF("Facture"))

// anInvoice is what a form says of one.
func anInvoice(number string) pairs {
	return pairs{
		{"number", number}, {"kind", "invoice"}, {"issued_on", "2026-10-01"}, {"due_on", "2026-10-31"}, {"reference", "CMD-7"}, {"currency", "EUR"},
		{"net_amount", "1 000,00"}, {"amount_due", "1 200,00"},
	}
}

// invoiced is the organisation whose invoice the scene is about: the person's own, in the portal.
func (s *scene) invoiced() id.Organization {
	if home, ok := s.in.homes[s.who]; ok && s.route.Door == web.Contact {
		return home.Organization
	}
	return s.in.organization(s.host).ID
}

// invoice files one for the organisation.
func (in *installation) invoice(h host, of id.Organization) (made id.Invoice) {
	in.t.Helper()
	_, letters := in.next()
	pdf, err := in.files.Receive(context.Background(), strings.NewReader(aPDF), "facture.pdf")
	if err != nil {
		in.t.Fatal(err)
	}
	in.update(func(ctx context.Context, tx *sqldb.Tx) error {
		w, err := in.workspace(ctx, tx, h)
		if err != nil {
			return err
		}
		i, err := invoice.Create(ctx, tx, actor.OfProgram(w.ID), of, invoice.Input{
			Number: letters, IssuedOn: "2026-10-01", DueOn: "2026-10-31", Reference: "CMD-7", NetAmount: "1000", AmountDue: "1200",
		}, pdf)
		made = i.ID
		return err
	})
	return made
}

// aDocument is what a form says of one.
func aDocument() pairs {
	return pairs{{"title", "Convention"}, {"kind", "agreement"}, {"dated_on", "2026-11-20"}, {"visibility", "all"}, {"note", "Signée."}}
}

// document files one for the organisation.
func (in *installation) document(h host, of id.Organization, v document.Visibility) (made id.Document) {
	in.t.Helper()
	pdf, err := in.files.Receive(context.Background(), strings.NewReader(aPDF), "convention.pdf")
	if err != nil {
		in.t.Fatal(err)
	}
	in.update(func(ctx context.Context, tx *sqldb.Tx) error {
		w, err := in.workspace(ctx, tx, h)
		if err != nil {
			return err
		}
		list, err := document.Create(ctx, tx, actor.OfProgram(w.ID), of, document.Input{Title: "Écran noir", Kind: "agreement", DatedOn: "2026-11-20", Visibility: string(v), NoHealthData: true}, []file.Received{pdf})
		if err == nil {
			made = list[0].ID
		}
		return err
	})
	return made
}

// anOffer is what a form says of one.
func anOffer() pairs {
	return pairs{
		{"title", "Assistant comptable"}, {"contract", "apprenticeship"}, {"starts_on", "2027-09-01"}, {"ends_on", "2028-08-31"}, {"duration", "12 mois"}, {"rhythm", "3 jours"},
		{"posts", "2"}, {"place", "Nantes"}, {"description", "Tenir la comptabilité."}, {"profile", "Bac + 2"},
	}
}

// deposited is an offer that waits to be accepted: in the portal the person's own, else one that came by the public form.
func (s *scene) deposited() (made id.Offer) {
	s.in.t.Helper()
	in := offer.Input{Source: offer.Landing, Text: offer.Text{Title: "Menuisier", Contract: "apprenticeship", Description: "Poser des fenêtres.", Posts: "3"}}
	s.offering = s.invoiced()
	if home, ok := s.in.homes[s.who]; ok && s.route.Door == web.Contact {
		in.Source, in.Depositor = offer.Portal, home.ID
	}
	held, err := s.in.files.Receive(context.Background(), strings.NewReader(aPDF), "fiche.pdf")
	if err != nil {
		s.in.t.Fatal(err)
	}
	s.in.update(func(ctx context.Context, tx *sqldb.Tx) error {
		w, err := s.in.workspace(ctx, tx, s.host)
		if err != nil {
			return err
		}
		o, err := offer.Create(ctx, tx, actor.OfProgram(w.ID), s.offering, in)
		if made = o.ID; err != nil {
			return err
		}
		_, err = offer.SetFile(ctx, tx, actor.OfProgram(w.ID), made, held)
		return err
	})
	return made
}

// cannedAnswer words one at the host.
func (in *installation) cannedAnswer(h host) id.Answer {
	in.t.Helper()
	_, letters := in.next()
	var made canned.Answer
	in.update(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		made, err = canned.Set(ctx, tx, h.by, canned.Input{Title: letters, Text: "Éteignez, puis rallumez."})
		return err
	})
	return made.ID
}

// program lets another one in at the host, by a token.
func (in *installation) program(h host) id.Token {
	in.t.Helper()
	_, letters := in.next()
	var made token.Token
	in.update(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		made, _, err = token.Create(ctx, tx, h.by, token.Input{Name: letters, Rights: []string{"contacts:read"}})
		return err
	})
	return made.ID
}

// aWebhook is what a form says of one.
func aWebhook() pairs {
	return pairs{{"url", "https://hooks.example/in"}, {"description", "Annuaire"}, {"kinds", "contact.*"}, {"password", password}}
}

// webhook has another program told at the host.
func (in *installation) webhook(h host) id.Webhook {
	in.t.Helper()
	in.roomForWebhooks(h)
	desk := webhook.NewDesk(in.secret, webhook.Settings{})
	var made webhook.Webhook
	in.update(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		made, _, err = desk.Create(ctx, tx, h.by, webhook.Input{URL: "https://hooks.example/there", Kinds: []string{"*"}})
		return err
	})
	return made.ID
}

// roomForWebhooks deletes what scenes before have made: a workspace has few.
func (in *installation) roomForWebhooks(h host) {
	in.t.Helper()
	in.update(func(ctx context.Context, tx *sqldb.Tx) error {
		list, err := webhook.Find(ctx, tx, h.by)
		for len(list) > webhook.Max/2 && err == nil {
			err = webhook.Delete(ctx, tx, h.by, list[0].ID)
			list = list[1:]
		}
		return err
	})
}

// tried is a delivery of the webhook.
func (in *installation) tried(h host, of id.Webhook) id.Delivery {
	in.t.Helper()
	made := id.NewDelivery()
	in.update(func(ctx context.Context, tx *sqldb.Tx) error { return webhook.Try(ctx, tx, h.by, of, made.UUID) })
	return made
}

// aMessage is what somebody writes about a request.
func aMessage(*scene) pairs { return pairs{{"text", "Bonjour"}, {"submission", id.NewJob().String()}} }

// queries are what some pages want to know in their address.
var queries = map[string]string{
	"GET /{workspace}/portal/{organization}/contacts/export": "?format=csv",
	"GET" + office + "/contacts/export":                      "?format=csv",
	"GET" + office + "/invoices/export":                      "?format=csv",
	"GET" + office + "/requests/export":                      "?format=csv",
	"GET" + office + "/offers/export":                        "?format=csv",
	"GET /{workspace}/portal/{organization}/invoices/export": "?format=csv",
	"GET" + office + "/export":                               "?noun=organizations&format=xlsx",
	"GET" + office + "/import/template":                      "?noun=contacts&format=csv",
}

// play asks as the person of the scene, in a browser of their own.
func (s *scene) play() answer {
	s.in.t.Helper()
	return s.playIn(s.in.as(s.who))
}

// playIn asks in a browser in which the person has signed in.
func (s *scene) playIn(b *browser) answer {
	s.in.t.Helper()
	if s.method != http.MethodPost {
		return b.get(s.path + queries[s.route.Pattern])
	}
	form, ok := s.right()
	if !ok {
		s.in.t.Fatalf("no test knows a right form for %s", s.route.Pattern)
	}
	return b.send(s.path, form)
}

// theFile is the field that is a file: a form with it is sent in parts.
const theFile = "file"

// send posts a form as a page does: with a file in parts, the file last.
func (b *browser) send(target string, form url.Values) answer {
	b.t.Helper()
	if !form.Has(theFile) && !form.Has(file.Field) {
		return b.post(target, form)
	}
	kind, body := parts(b.t, form)
	return b.do(http.MethodPost, target, kind, body)
}

// parts encodes a form in parts.
func parts(t testing.TB, form url.Values) (kind, body string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, field := range slices.Sorted(maps.Keys(form)) {
		for _, v := range form[field] {
			if field == theFile || field == file.Field {
				continue
			}
			if err := w.WriteField(field, v); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, v := range form[theFile] {
		part, err := w.CreateFormFile(theFile, "personnes.csv")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(part, v); err != nil {
			t.Fatal(err)
		}
	}
	for _, v := range form[file.Field] {
		part, err := w.CreateFormFile(file.Field, "facture.pdf")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(part, v); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return w.FormDataContentType(), b.String()
}

// golden holds what was found against the file that is kept.
func golden(t *testing.T, name, found string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *rewrite {
		if err := os.WriteFile(path, []byte(found), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	kept, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	was, is := strings.Split(string(kept), "\n"), strings.Split(found, "\n")
	for _, line := range was {
		if !slices.Contains(is, line) {
			t.Errorf("%s: no more\n%s", name, line)
		}
	}
	for _, line := range is {
		if !slices.Contains(was, line) {
			t.Errorf("%s: new, to be looked at (go test ./test/surface -run %s -rewrite)\n%s", name, t.Name(), line)
		}
	}
	if len(was) != len(is) {
		t.Errorf("%s: %d lines, were %d", name, len(is), len(was))
	}
}

// Pages are asked for by one of each kind, everything else by somebody new each time, whom nothing has happened to yet.
func TestRoutes(t *testing.T) {
	each(t, func(t *testing.T, in *installation) {
		var table strings.Builder
		readers, browsers := map[string]string{}, map[string]*browser{}
		for _, who := range cast {
			fmt.Fprintf(&table, "%-8s", who.name)
			readers[who.name] = who.come(in)
			browsers[who.name] = in.as(readers[who.name])
		}
		table.WriteString("what is asked for, at the school\n")
		for _, route := range in.site.Routes() {
			for _, who := range cast {
				var a answer
				if strings.HasPrefix(route.Pattern, "GET ") {
					a = in.stage(route, in.school, readers[who.name]).playIn(browsers[who.name])
				} else {
					a = in.stage(route, in.school, who.come(in)).play()
				}
				a.sound(t, who.name+" "+route.Pattern)
				a.guarded(t, who.name+" "+route.Pattern, policyOf(route))
				if who.name == "nobody" && route.Stream {
					if a.status != http.StatusNoContent { // it ends, and the browser does not ask again
						t.Errorf("%s: %d to nobody", route.Pattern, a.status)
					}
				} else if who.name == "nobody" && route.Door != web.Anybody && !strings.HasPrefix(a.location(), "/sign-in") {
					t.Errorf("%s leads nobody to %q, not to sign in", route.Pattern, a.location())
				}
				fmt.Fprintf(&table, "%-8d", a.status)
			}
			fmt.Fprintf(&table, "%s\n", route.Pattern)
		}
		golden(t, "routes.txt", table.String())
	})
}

func TestPolicy(t *testing.T) {
	roles := []struct {
		name string
		role actor.Role
	}{
		{"officer", actor.StaffOfficer}, {"admin", actor.StaffAdmin}, {"program", actor.ProgramRole}, {"guest", actor.PortalGuest},
		{"user", actor.PortalUser}, {"p-admin", actor.PortalAdmin}, {"p-super", actor.PortalSuperAdmin}, {"nobody", 0},
	}
	var table strings.Builder
	for _, r := range roles {
		fmt.Fprintf(&table, "%-9s", r.name)
	}
	table.WriteString("may\n")
	for _, p := range actor.Permissions() {
		for _, r := range roles {
			by := actor.Actor{Kind: actor.Staff, Workspace: 1, Role: r.role}
			if r.role >= actor.PortalGuest {
				if by.May(p) {
					t.Errorf("as no contact %s may %s", r.name, p)
				}
				by.Kind, by.Contact, by.Organization = actor.Contact, id.NewContact(), id.NewOrganization()
			}
			may := by.May(p)
			if by.Workspace = 0; by.May(p) {
				t.Errorf("outside of any workspace %s may %s", r.name, p)
			}
			fmt.Fprintf(&table, "%-9s", map[bool]string{true: "yes", false: "–"}[may])
		}
		fmt.Fprintf(&table, "%s\n", p)
	}
	golden(t, "policy.txt", table.String())
}
