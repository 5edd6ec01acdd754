package transfer

import (
	"strconv"
	"strings"

	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/phone"
	"github.com/entregent/entregent/internal/siret"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/transfer/list"
	"github.com/entregent/entregent/internal/transfer/sheet"
)

// How fields look in files. LibreOffice and Excel take a cell of bare digits for a number and drop its leading zeros:
// in CSV, SIRETs and phones stand in groups with blanks; in XLSX all cells are text. Postcodes stay as they are, since an
// import gives them their zero back.

func decimal(n int) string { return strconv.Itoa(n) }

func (r *records) siret(s siret.SIRET) string {
	if r.format == list.XLSX {
		return s.Plain()
	}
	return plainBlanks(s.Grouped())
}

// phone is national within the workspace's country; a number of a country that writes no groups gets one blank.
func (r *records) phone(n phone.Number) string {
	s := plainBlanks(n.Display(r.host.Country))
	if len(s) > 4 && strings.Trim(s, "0123456789") == "" {
		return s[:len(s)-4] + " " + s[len(s)-4:]
	}
	return s
}

func plainBlanks(s string) string { return strings.ReplaceAll(s, "\u00A0", " ") }

func (r *records) moment(t sqldb.Time) string {
	if t.IsZero() {
		return ""
	}
	return r.p.DateTime(t.Time())
}

func (r *records) yes(b bool) string {
	if b {
		return r.p.Text("transfer.yes")
	}
	return ""
}

// contact writes one contact.
func (r *records) contact(e contact.Exported) error {
	r.rows++
	if r.json != nil {
		return r.json.Encode(newContactRecord(e))
	}
	return r.write(func(field string) (text string, safe bool) {
		switch field {
		case "siret":
			return r.siret(e.SIRET), true
		case "civility":
			if label := e.Civility.Label(); label != "" {
				text = r.p.Text(label)
			}
		case "family_name":
			text = e.FamilyName.String()
		case "given_name":
			text = e.GivenName.String()
		case "mobile":
			return r.phone(e.Mobile), true
		case "phone":
			return r.phone(e.Phone), true
		case "job_title":
			text = e.JobTitle
		case "email":
			text = e.Email.String()
		case "number":
			text = e.Label()
		case "customer_number":
			text = e.CustomerNumber
		case "organization":
			text = e.OrganizationName
		default:
			text = r.more(e, field)
		}
		return text, false
	})
}

// more are the columns that an import passes over.
func (r *records) more(e contact.Exported, field string) string {
	switch field {
	case "role":
		return r.p.Text("contact.role." + string(e.Role))
	case "primary":
		return r.yes(e.Primary)
	case "state":
		return r.p.Text("contact.state." + string(e.State()))
	case "authorized_at":
		return r.moment(e.AuthorizedAt)
	case "credentials_sent_at":
		return r.moment(e.CredentialsSentAt)
	case "last_sign_in_at":
		return r.moment(e.LastSignInAt)
	case "login_email":
		return e.LoginEmail.String()
	case "source":
		return r.p.Text("office.source." + string(e.Source))
	case "created_at":
		return r.moment(e.CreatedAt)
	case "updated_at":
		return r.moment(e.UpdatedAt)
	}
	return ""
}

// organization writes one organisation.
func (r *records) organization(o organization.Organization) error {
	r.rows++
	if r.json != nil {
		return r.json.Encode(newOrganizationRecord(o))
	}
	return r.write(func(field string) (text string, safe bool) {
		switch field {
		case "siret":
			return r.siret(o.SIRET), true
		case "customer_number":
			text = o.CustomerNumber
		case "name":
			text = o.Name
		case "address":
			text = o.Address
		case "postcode":
			return o.Postcode, strings.Trim(o.Postcode, "0123456789") == ""
		case "city":
			text = o.City
		case "phone":
			return r.phone(o.Phone), true
		case "website":
			text = o.Website
		case "archived_at":
			text = r.moment(o.ArchivedAt)
		case "created_at":
			text = r.moment(o.CreatedAt)
		case "updated_at":
			text = r.moment(o.UpdatedAt)
		}
		return text, false
	})
}

// write puts a row together; what is not safe as it stands is escaped.
func (r *records) write(cell func(field string) (text string, safe bool)) error {
	for i, c := range r.columns {
		text, safe := cell(c.field)
		if !safe {
			text = sheet.Escape(text)
		}
		r.row[i] = text
	}
	return r.sheet.Write(r.row)
}

// contactRecord is a contact as a line of JSON, in the words of the glossary; what is empty is left out.
type contactRecord struct {
	Number            string `json:"number"`
	SIRET             string `json:"siret,omitempty"`
	CustomerNumber    string `json:"customer_number,omitempty"`
	Organization      string `json:"organization"`
	Civility          string `json:"civility,omitempty"`
	FamilyName        string `json:"family_name"`
	GivenName         string `json:"given_name"`
	Mobile            string `json:"mobile,omitempty"`
	Phone             string `json:"phone,omitempty"`
	JobTitle          string `json:"job_title,omitempty"`
	Email             string `json:"email,omitempty"`
	LoginEmail        string `json:"login_email,omitempty"`
	Role              string `json:"role"`
	Primary           bool   `json:"primary,omitempty"`
	State             string `json:"state"`
	Source            string `json:"source"`
	Locale            string `json:"locale,omitempty"`
	TimeZone          string `json:"time_zone,omitempty"`
	AuthorizedAt      string `json:"authorized_at,omitempty"`
	CredentialsSentAt string `json:"credentials_sent_at,omitempty"`
	LastSignInAt      string `json:"last_sign_in_at,omitempty"`
	CreatedAt         string `json:"created_at"`
	UpdatedAt         string `json:"updated_at"`
}

func newContactRecord(e contact.Exported) contactRecord {
	return contactRecord{
		Number: e.Label(), SIRET: e.SIRET.Plain(), CustomerNumber: e.CustomerNumber, Organization: e.OrganizationName,
		Civility: string(e.Civility), FamilyName: e.FamilyName.String(), GivenName: e.GivenName.String(),
		Mobile: e.Mobile.String(), Phone: e.Phone.String(), JobTitle: e.JobTitle, Email: e.Email.String(), LoginEmail: e.LoginEmail.String(),
		Role: string(e.Role), Primary: e.Primary, State: string(e.State()), Source: string(e.Source), Locale: e.Locale, TimeZone: e.TimeZone,
		AuthorizedAt: iso(e.AuthorizedAt), CredentialsSentAt: iso(e.CredentialsSentAt), LastSignInAt: iso(e.LastSignInAt),
		CreatedAt: iso(e.CreatedAt), UpdatedAt: iso(e.UpdatedAt),
	}
}

// organizationRecord is an organisation as a line of JSON.
type organizationRecord struct {
	Name           string `json:"name"`
	SIRET          string `json:"siret,omitempty"`
	CustomerNumber string `json:"customer_number,omitempty"`
	Address        string `json:"address,omitempty"`
	Postcode       string `json:"postcode,omitempty"`
	City           string `json:"city,omitempty"`
	Phone          string `json:"phone,omitempty"`
	Website        string `json:"website,omitempty"`
	ArchivedAt     string `json:"archived_at,omitempty"`
	CreatedAt      string `json:"created_at"`
	UpdatedAt      string `json:"updated_at"`
}

func newOrganizationRecord(o organization.Organization) organizationRecord {
	return organizationRecord{
		Name: o.Name, SIRET: o.SIRET.Plain(), CustomerNumber: o.CustomerNumber, Address: o.Address, Postcode: o.Postcode, City: o.City,
		Phone: o.Phone.String(), Website: o.Website, ArchivedAt: iso(o.ArchivedAt), CreatedAt: iso(o.CreatedAt), UpdatedAt: iso(o.UpdatedAt),
	}
}

// iso is an instant for programs: RFC 3339 in UTC.
func iso(t sqldb.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Time().Format("2006-01-02T15:04:05Z07:00")
}
