package main

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync/atomic"
	"time"
)

// secretShown finds a token's secret on the page that shows it once.
var secretShown = regexp.MustCompile(`ent_[0-9a-z]+`)

// programs are what another program asks of the API, by a token that the visitor makes.
func programs(v *visitor, p *places) ([]operation, error) {
	secret, err := tokenOf(v)
	if err != nil {
		return nil, err
	}
	head := "Authorization: Bearer " + secret + "\r\n"
	ask := func(path string) request {
		return request{path: "/api/v1" + path, header: head, plain: true, want: http.StatusOK}
	}
	var one, made atomic.Int64
	get := func() request { return ask("/contacts/" + p.people[int(one.Add(1))%len(p.people)].id) }
	list := func() request { return ask("/contacts?limit=48") }
	create := func() request {
		i := int(made.Add(1))
		who := letters(firstNew + i)
		q := ask("/organizations/" + p.organizations[i%len(p.organizations)] + "/contacts")
		q.method, q.want, q.header = http.MethodPost, http.StatusCreated, head+"Idempotency-Key: "+newUUID()+"\r\n"
		q.json = fmt.Sprintf(`{"civility":"ms","family_name":"Programme %s","given_name":"Essai","phone":"01 99 00 12 34","email":"programme.%s@brenval.example"}`, who, who)
		return q
	}
	return []operation{
		{key: "d", name: "one contact, JSON", clients: 2, guard: 160 * time.Microsecond, bare: "contact", next: get},
		{key: "d", name: "list of 48, JSON", clients: 2, guard: 800 * time.Microsecond, bare: "first", next: list},
		{key: "e", name: "create a contact, JSON, durable", clients: 1, guard: 1100 * time.Microsecond, bare: "create", writes: true, next: create},
		{key: "e", name: "create a contact, JSON, durable", clients: 8, guard: 1100 * time.Microsecond, bare: "create", writes: true, next: create},
	}, nil
}

// tokenOf has the visitor make a token for contacts, and reads its secret.
func tokenOf(v *visitor) (string, error) {
	at := office("/settings/tokens")
	values, err := v.form(at+"/new", at)
	if err != nil {
		return "", err
	}
	rights := []string{"contacts:read", "contacts:write"}
	values = filled(values, "name", "Banc "+newUUID()[:8], "password", password)
	values["rights"] = rights
	a, err := v.send(request{path: at, form: values, want: http.StatusOK})
	if err != nil {
		return "", err
	}
	secret := secretShown.Find(a.body)
	if secret == nil {
		return "", fmt.Errorf("no token is shown for %s", strings.Join(rights, ", "))
	}
	return string(secret), nil
}
