package contacts_test

import (
	"context"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/access"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/office/officetest"
	"github.com/entregent/entregent/internal/sqldb"
)

func TestDirectory(t *testing.T) {
	officetest.Each(t, func(t *testing.T, h *officetest.House) {
		verrerie := h.Organization(h.School, "Verrerie du Loc’h", "35600000000048")
		brasserie := h.Organization(h.School, "Brasserie Armen", "")
		ines := h.Contact(h.School, verrerie.ID, "Oliveira", "Inês")
		h.Contact(h.School, brasserie.ID, "L’Œillet", "Anne-Marie")
		h.Update(func(ctx context.Context, tx *sqldb.Tx) (err error) {
			if _, err = access.Authorize(ctx, tx, h.School.Admin.Actor, ines.ID); err != nil {
				return err
			}
			_, err = contact.Create(ctx, tx, h.School.Admin.Actor, brasserie.ID, contact.Input{
				FamilyName: "Noël", GivenName: "Loïc", Email: "loic.noel@armen.example", Mobile: "06 39 98 55 66", Role: "admin", Source: contact.Import,
			})
			return err
		})
		other := h.Organization(h.Vendor, "Cabinet des Tilleuls", "")
		h.Contact(h.Vendor, other.ID, "Vasseur", "Claire")
		admin := h.As(h.School.Admin)
		const all = "/brenval/office/contacts"

		t.Run("a row leads to the contact, opened in its organisation", func(t *testing.T) {
			h.TB = t
			admin.Get(all).Want(http.StatusOK, "3 contacts", "Mme OLIVEIRA Inês", "Tutrice · C-000001", "Verrerie du Loc’h", "06 39 98 12 34", "02 61 91 40 10", "Sans connexion", "Autorisé : OUI", "Principal").
				WantMarkup(ines.Address("brenval"), `/brenval/office/organizations/`+verrerie.ID.String()+`/contacts"`)
		})

		t.Run("it is searched by name, address, phone, number and organisation", func(t *testing.T) {
			h.TB = t
			for q, name := range map[string]string{
				"oliv": "OLIVEIRA", "Inês Oliveira": "OLIVEIRA", "oeillet": "ŒILLET", "anne marie": "ŒILLET", "loic.noel@": "NOËL", "0639985566": "NOËL",
				"06 39 98 55": "NOËL", "c-1": "OLIVEIRA", "C-000003": "NOËL", "3": "NOËL", "verrerie": "OLIVEIRA", "356 000 000": "OLIVEIRA",
			} {
				admin.Get(all+"?q="+url.QueryEscape(q)).Want(http.StatusOK, name, "1 contact")
			}
			admin.Get(all+"?q=vasseur").Want(http.StatusOK, "Aucun contact ne correspond").WantNot("VASSEUR")
		})

		t.Run("each filter narrows the list, and they go together with the search", func(t *testing.T) {
			h.TB = t
			for q, want := range map[string][]string{
				"authorized=yes": {"OLIVEIRA"}, "authorized=no": {"ŒILLET", "NOËL"}, "role=admin": {"NOËL"}, "role=super_admin": nil,
				"source=import": {"NOËL"}, "source=landing": nil, "incomplete=1": {"NOËL"}, "state=without_login": {"OLIVEIRA", "ŒILLET", "NOËL"},
				"state=active": nil, "state=invited": nil, "state=disabled": nil, "never_signed_in=1": {"OLIVEIRA", "ŒILLET", "NOËL"},
				"authorized=no&source=form": {"ŒILLET"}, "q=brasserie&source=import": {"NOËL"},
			} {
				b := admin.Get(all+"?"+q).Want(http.StatusOK, want...)
				if n := b.Count(`name="contact"`); n != len(want) {
					t.Errorf("%s: %d rows, want %d", q, n, len(want))
				}
			}
		})

		t.Run("who lacks what every form asks for is « à compléter » in the list, and nobody else", func(t *testing.T) {
			h.TB = t
			if b := admin.Get(all).Want(http.StatusOK, "NOËL", "OLIVEIRA"); b.Count(`#pencil"`) != 1 {
				t.Errorf("%d badges", b.Count(`#pencil"`))
			}
		})

		t.Run("nonsense in the address is as if it were not there", func(t *testing.T) {
			h.TB = t
			long := strings.Repeat("x", 5000)
			for _, name := range []string{"state", "authorized", "role", "source", "sort", "size", "page", "after", "view", "open", "format"} {
				for _, v := range []string{"x", "%00", "%ff", "%27;--", "-1", "0", "99999999999999999999", "1e3", long, "yes,no", "%F0%9F%92%A9"} {
					admin.Get(all+"?"+name+"="+v).Want(http.StatusOK, "3 contacts")
				}
			}
			for _, q := range []string{"%00", "%ff", "%25", "_", "%27 OR 1=1 --", "%5C", long, "%E2%80%AE", strings.Repeat("a ", 200), "%00%00%00"} {
				admin.Get(all + "?q=" + strings.ReplaceAll(q, " ", "+")).Want(http.StatusOK)
			}
			admin.Get(all + "?" + strings.Repeat("q=a&", 500)).Want(http.StatusOK)
			admin.Get(all + "?q=%zz;;&&==").Want(http.StatusOK)
		})

		t.Run("who completes the list or the selection sees what the role allows", func(t *testing.T) {
			h.TB = t
			admin.Get(all).Want(http.StatusOK, "Renvoyer les identifiants", "Renvoyer les identifiants à tous", "Envois groupés", "Exporter")
			h.As(h.School.Officer).Get(all).Want(http.StatusOK, "OLIVEIRA", "Renvoyer les identifiants").WantNot("Exporter")
			h.As(h.Vendor.Admin).Get(all).Want(http.StatusNotFound)
		})

		t.Run("a script gets the list alone", func(t *testing.T) {
			h.TB = t
			admin.Fetch("list", all+"?q=noel").Want(http.StatusOK, "NOËL Loïc", "1 contact").WantNot("Tableau de bord", "Rechercher un contact")
		})
	})
}

func TestDirectoryPages(t *testing.T) {
	officetest.Each(t, func(t *testing.T, h *officetest.House) {
		org := h.Organization(h.School, "Brasserie Armen", "")
		h.Update(func(ctx context.Context, tx *sqldb.Tx) error {
			for i := range 50 {
				family := "Tanguy " + string(rune('a'+i/26)) + string(rune('a'+i%26))
				_, err := contact.Create(ctx, tx, h.School.Admin.Actor, org.ID, contact.Input{Civility: "mr", FamilyName: family, GivenName: "Loïc", Phone: "02 61 91 40 10", Email: "x@armen.example", Source: contact.Form})
				if err != nil {
					return err
				}
			}
			return nil
		})
		admin := h.As(h.School.Admin)
		const all = "/brenval/office/contacts"

		t.Run("pages follow one another by keyset, whatever the size, and nobody is missed or shown twice", func(t *testing.T) {
			h.TB = t
			for _, size := range []int{12, 24, 48} {
				seen := map[string]bool{}
				address := all + "?size=" + strconv.Itoa(size)
				for pages := 0; address != "" && pages < 10; pages++ {
					b := admin.Get(address).Want(http.StatusOK, "50 contacts")
					for _, m := range regexp.MustCompile(`name="contact" value="([^"]*)"`).FindAllStringSubmatch(b.Body, -1) {
						if seen[m[1]] {
							t.Errorf("%s stands on two pages", m[1])
						}
						seen[m[1]] = true
					}
					address = next(b)
				}
				if len(seen) != 50 {
					t.Errorf("size %d: %d contacts", size, len(seen))
				}
			}
		})

		t.Run("any page number works, and beyond the end there is a way back", func(t *testing.T) {
			h.TB = t
			admin.Get(all+"?size=12&page=5").Want(http.StatusOK, "TANGUY BX", "49 à 50, sur 50")
			admin.Get(all+"?size=12&page=6").Want(http.StatusOK, "Cette page est au-delà de la liste", "Première page")
			admin.Get(all+"?page=1000000").Want(http.StatusOK, "Cette page est au-delà de la liste")
			admin.Get(all + "?q=tanguy&page=99").Want(http.StatusOK)
		})

		t.Run("search, filters and size stay in the addresses of the pages", func(t *testing.T) {
			h.TB = t
			b := admin.Get(all+"?q=tanguy&authorized=no&size=12&sort=recent").Want(http.StatusOK, "50 contacts")
			for _, part := range []string{"q=tanguy", "authorized=no", "size=12", "sort=recent", "page=2"} {
				if !strings.Contains(next(b), part) {
					t.Errorf("no %s in %s", part, next(b))
				}
			}
			admin.Get(next(b)).Want(http.StatusOK, "13 à 24, sur 50")
		})

		t.Run("the newest come first when asked so", func(t *testing.T) {
			h.TB = t
			b := admin.Get(all+"?sort=recent&size=12").Want(http.StatusOK, "TANGUY BX").WantNot("TANGUY AA")
			admin.Get(next(b)).Want(http.StatusOK, "TANGUY BL")
		})
	})
}

// next is the address of the next page, "" on the last one.
func next(b *officetest.Browser) string {
	m := regexp.MustCompile(`href="([^"]*)"[^>]*>Suivante`).FindStringSubmatch(b.Body)
	if m == nil {
		return ""
	}
	return html.UnescapeString(m[1])
}
