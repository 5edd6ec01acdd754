package main

import (
	"database/sql"
	"fmt"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"
)

// Who signs in. The measurement knows the same.
const (
	address  = "bench@brenval.example"
	password = "quatre-vingts moutons violets"
)

// fill makes the collections and takes over the rows of the workspace «bench».
func fill(app core.App, from string) error {
	if err := app.RunAllMigrations(); err != nil {
		return err
	}
	if err := collections(app); err != nil {
		return err
	}
	db, err := sql.Open("sqlite", "file:"+from+"?mode=ro")
	if err != nil {
		return err
	}
	defer db.Close()
	known, err := organizations(app, db)
	if err != nil {
		return err
	}
	return contacts(app, db, known)
}

// collections makes the tables, their indexes and rules, and the user.
func collections(app core.App) error {
	signedIn := types.Pointer("@request.auth.id != ''")
	open := func(name string) *core.Collection {
		c := core.NewBaseCollection(name)
		c.ListRule, c.ViewRule, c.CreateRule, c.UpdateRule, c.DeleteRule = signedIn, signedIn, signedIn, signedIn, signedIn
		return c
	}
	o := open("organizations")
	texts(o, "name", "siret", "city")
	o.AddIndex("idx_organizations_siret", true, "siret", "siret != ''")
	o.AddIndex("idx_organizations_name", false, "name", "")
	if err := app.Save(o); err != nil {
		return err
	}
	c := open("contacts")
	c.Fields.Add(&core.RelationField{Name: "organization", CollectionId: o.Id, Required: true, MaxSelect: 1}, &core.NumberField{Name: "number"}, &core.EmailField{Name: "email"})
	texts(c, "civility", "family_name", "given_name", "family_key", "given_key", "identity", "job_title", "mobile", "phone", "role", "source")
	c.Fields.Add(&core.AutodateField{Name: "created", OnCreate: true}, &core.AutodateField{Name: "updated", OnCreate: true, OnUpdate: true})
	c.AddIndex("idx_contacts_identity", true, "identity", "")
	c.AddIndex("idx_contacts_organization", false, "organization, family_key, given_key, id", "")
	c.AddIndex("idx_contacts_number", false, "number", "")
	c.AddIndex("idx_contacts_name", false, "family_key, given_key, id", "")
	if err := app.Save(c); err != nil {
		return err
	}
	users, err := app.FindCollectionByNameOrId("users")
	if err != nil {
		return err
	}
	user := core.NewRecord(users)
	user.SetEmail(address)
	user.SetPassword(password)
	user.SetVerified(true)
	return app.Save(user)
}

func texts(c *core.Collection, names ...string) {
	for _, name := range names {
		c.Fields.Add(&core.TextField{Name: name})
	}
}

// identifier is one of PocketBase's 15 signs that rises, as the product's do.
func identifier(letter string, n int) string { return fmt.Sprintf("%s%014d", letter, n) }

// organizations takes them over; the answer is the new identifier of each old one.
func organizations(app core.App, db *sql.DB) (map[string]string, error) {
	known := map[string]string{}
	err := copied(app, db, `SELECT hex(id), name, COALESCE(siret, ''), city FROM organization WHERE workspace_id = (SELECT id FROM workspace WHERE slug = 'bench') ORDER BY id`,
		`INSERT INTO organizations (id, name, siret, city) VALUES ({:id}, {:name}, {:siret}, {:city})`,
		func(n int, scan func(...any) error) (dbx.Params, error) {
			var old, name, siret, city string
			err := scan(&old, &name, &siret, &city)
			known[old] = identifier("o", n)
			return dbx.Params{"id": known[old], "name": name, "siret": siret, "city": city}, err
		})
	return known, err
}

func contacts(app core.App, db *sql.DB, known map[string]string) error {
	names := []string{"civility", "family_name", "given_name", "family_key", "given_key", "job_title", "mobile", "phone", "email", "role", "source"}
	insert, read := "INSERT INTO contacts (id, organization, number, identity, created, updated", "SELECT hex(organization_id), number"
	values := "VALUES ({:id}, {:organization}, {:number}, {:identity}, {:created}, {:created}"
	for _, name := range names {
		insert, values, read = insert+", "+name, values+", {:"+name+"}", read+", COALESCE("+name+", '')"
	}
	now := types.NowDateTime().String()
	return copied(app, db, read+` FROM contact WHERE workspace_id = (SELECT id FROM workspace WHERE slug = 'bench') ORDER BY id`, insert+") "+values+")",
		func(n int, scan func(...any) error) (dbx.Params, error) {
			var organization string
			var number int64
			texts := make([]string, len(names))
			into := []any{&organization, &number}
			for i := range texts {
				into = append(into, &texts[i])
			}
			err := scan(into...)
			row := dbx.Params{"id": identifier("c", n), "organization": known[organization], "number": number, "created": now}
			for i, name := range names {
				row[name] = texts[i]
			}
			row["identity"] = known[organization] + "|" + texts[3] + "|" + texts[4]
			return row, err
		})
}

// atOnce is how many rows a transaction takes.
const atOnce = 10_000

// copied runs the insertion for each row that the query reads, in its order.
func copied(app core.App, db *sql.DB, query, insert string, row func(n int, scan func(...any) error) (dbx.Params, error)) error {
	rows, err := db.Query(query)
	if err != nil {
		return err
	}
	defer rows.Close()
	for n, more := 0, true; more; {
		err := app.RunInTransaction(func(tx core.App) error {
			q := tx.DB().NewQuery(insert).Prepare()
			defer q.Close()
			for range atOnce {
				if more = rows.Next(); !more {
					return rows.Err()
				}
				n++
				params, err := row(n, rows.Scan)
				if err != nil {
					return err
				}
				if _, err := q.Bind(params).Execute(); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	_, err = app.DB().NewQuery("ANALYZE").Execute()
	return err
}
