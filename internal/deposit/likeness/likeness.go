// Package likeness finds the organisations of a workspace that are like the one of a deposit and bear another identifier: of a
// similar name, or with people of the same mail domain. Whether they are the same only a person can say; it changes nothing.
package likeness

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/email"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/name"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
)

// Most are found of each sort: more help nobody to decide.
const Most = 3

// Named finds organisations whose names begin with the same word, those that share most of it first; but one is
// left out. Permission: SeeOrganizations.
func Named(ctx context.Context, tx *sqldb.Tx, by actor.Actor, typed string, but id.Organization) ([]organization.Organization, error) {
	if err := by.Need(actor.SeeOrganizations); err != nil {
		return nil, err
	}
	key := name.Fold(typed)
	first, _, _ := strings.Cut(key, " ")
	if len(first) < 3 {
		first = key
	}
	if len(first) < 3 {
		return nil, nil
	}
	list, err := sqldb.List(ctx, tx, func(row sqldb.Scanner) (o organization.Organization, err error) {
		return o, row.Scan(&o.ID, &o.Name, &o.SIRET, &o.City)
	},
		`SELECT id, name, siret, city FROM organization WHERE workspace_id = $1 AND name_key >= $2 AND name_key < $3 AND archived_at IS NULL ORDER BY name_key, id LIMIT 50`,
		by.Workspace, first, first+"\U0010FFFF")
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(o organization.Organization) bool { return o.ID == but })
	slices.SortStableFunc(list, func(a, b organization.Organization) int {
		return cmp.Compare(shared(name.Fold(b.Name), key), shared(name.Fold(a.Name), key))
	})
	return list[:min(len(list), Most)], nil
}

// shared is how many bytes two texts begin with alike.
func shared(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// everybodys are domains whose addresses say nothing of a company.
var everybodys = []string{
	"aol.com", "bbox.fr", "free.fr", "gmail.com", "gmx.fr", "gmx.net", "hotmail.com", "hotmail.fr", "icloud.com", "laposte.net", "live.com", "live.fr",
	"me.com", "msn.com", "neuf.fr", "orange.fr", "outlook.com", "outlook.fr", "proton.me", "protonmail.com", "sfr.fr", "wanadoo.fr", "yahoo.com", "yahoo.fr",
}

// SameDomain finds organisations with people whose e-mail has the domain of the typed one, unless it is everybody's; but one is left out.
// Permission: SeeOrganizations.
func SameDomain(ctx context.Context, tx *sqldb.Tx, by actor.Actor, typed string, but id.Organization) ([]organization.Organization, error) {
	if err := by.Need(actor.SeeOrganizations); err != nil {
		return nil, err
	}
	address, err := email.Parse(typed)
	if err != nil || address.IsZero() || slices.Contains(everybodys, address.Domain()) {
		return nil, nil
	}
	ids, err := sqldb.List(ctx, tx, sqldb.Value[id.Organization], `SELECT organization_id FROM contact
		WHERE workspace_id = $1 AND email IS NOT NULL AND ltrim(email, 'abcdefghijklmnopqrstuvwxyz0123456789._-+') = $2 LIMIT 50`, by.Workspace, "@"+address.Domain())
	if err != nil {
		return nil, err
	}
	var list []organization.Organization
	seen := map[id.Organization]bool{but: true}
	for _, o := range ids {
		if seen[o] || len(list) == Most {
			continue
		}
		seen[o] = true
		org, err := organization.Get(ctx, tx, by, o)
		if err != nil {
			return nil, err
		}
		list = append(list, org)
	}
	return list, nil
}
