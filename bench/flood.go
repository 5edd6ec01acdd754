package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"
)

// flood is what staff notice while robots fill in the public form.
type flood struct {
	list    []sample // a list that staff read meanwhile
	took    []time.Duration
	taken   int64 // deposits that were taken in
	refused int64 // that were turned away
}

// flooded is how many forms robots send, and robots how many there are; each form comes from an address of its own.
const (
	flooded = 10_000
	robots  = 8
	brooded = 4 * time.Second // how long the form wants to have been open
)

// drown has robots send their forms while staff read a list.
func (r *run) drown(context.Context) error {
	form := "/" + slug + "/offers/new"
	if err := r.openForm(); err != nil {
		return err
	}
	forms := make([]url.Values, flooded)
	err := inParallel(func(v *visitor, n int) (err error) {
		forms[n], err = v.form(form, form)
		return err
	}, r.target.host)
	if err != nil {
		return err
	}
	time.Sleep(brooded)
	began, failed := time.Now(), make(chan error, 1)
	var taken, refused atomic.Int64
	go func() {
		failed <- inParallel(func(v *visitor, n int) error {
			who := letters(n + 1)
			values := filled(forms[n], "siret", "732 829 320 00074", "name", "Robot "+who, "address", "1 rue du Banc", "postcode", "29200", "city", "Brest",
				"civility", "ms", "family_name", "Robot "+who, "given_name", "Essai", "phone", "01 99 00 12 34", "email", "robot."+who+"@robots.example",
				"title", "Offre "+who, "contract", "internship", "description", "Rien.", "consent", "1")
			a, err := v.wire.do(request{path: form, form: values, header: fmt.Sprintf("X-Forwarded-For: 10.%d.%d.%d\r\n", n/62_500, n/250%250, n%250)}.bytes(v.wire.host, ""), true)
			switch {
			case err != nil:
				return err
			case a.status == http.StatusSeeOther:
				taken.Add(1)
			case a.status == http.StatusTooManyRequests:
				refused.Add(1)
			default:
				return fmt.Errorf("a form is answered with %d:\n%.2000s", a.status, a.body)
			}
			return nil
		}, r.target.host)
	}()
	for {
		s, err := r.target.run(aList(), time.Second)
		if err != nil {
			return err
		}
		select {
		case err := <-failed:
			f := &r.aside.flood
			f.took, f.taken, f.refused = append(f.took, time.Since(began)), taken.Load(), refused.Load()
			return err
		default:
			r.aside.flood.list = append(r.aside.flood.list, s)
		}
	}
}

// openForm has an admin open the public form.
func (r *run) openForm() error {
	v, err := visit(r.target.host)
	if err != nil {
		return err
	}
	defer v.close()
	if err := v.signIn(email, password); err != nil {
		return err
	}
	settings := office("/settings/form")
	blank, err := v.form(settings, settings)
	if err != nil {
		return err
	}
	_, err = v.send(request{path: settings, form: filled(blank, "form_enabled", "1", "form_confirmed", "1"), want: http.StatusSeeOther})
	return err
}

// inParallel does something for every robot's form, each robot over a connection of its own.
func inParallel(do func(v *visitor, n int) error, host string) error {
	var next atomic.Int64
	var all sync.WaitGroup
	failed := make(chan error, robots)
	for range robots {
		all.Go(func() {
			v, err := visit(host)
			if err != nil {
				failed <- err
				return
			}
			defer v.close()
			for n := int(next.Add(1)) - 1; n < flooded; n = int(next.Add(1)) - 1 {
				if err := do(v, n); err != nil {
					failed <- err
					return
				}
			}
		})
	}
	all.Wait()
	close(failed)
	return <-failed
}
