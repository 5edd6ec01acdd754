package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"
)

// beside are measurements of what goes on beside the pages, and of what the pages notice of it.
type beside struct {
	signIns     []sample  // of fifty at once
	pagesWith   []sample  // a list that others read meanwhile
	memory      int64     // at most
	letters     []float64 // a second
	pagesAlone  []sample  // a list, no mail server in the way
	pagesHung   []sample  // the same while letters wait for a server that hangs
	letterCount int
}

// How much is asked for at once.
const (
	atOnce  = 50  // sign-ins
	batch   = 400 // letters of one round
	senders = 8   // windows in which « Renvoyer les identifiants » is pressed
)

// aList is the page that the others read.
func aList() operation {
	return operation{name: "list of 48, first page", clients: 2, next: pages(office("/contacts?size=48"))}
}

// measureBeside does so, as often as the operations are measured.
func (r *run) measureBeside(ctx context.Context) error {
	if r.wanted.MatchString("sign-ins") {
		note("sign-ins")
		for range r.options.rounds {
			if err := r.signIns(); err != nil {
				return fmt.Errorf("sign-ins: %w", err)
			}
		}
	}
	if !r.wanted.MatchString("letters") {
		return nil
	}
	note("letters")
	people, err := r.uninvited(r.options.rounds * batch)
	if err != nil {
		return err
	}
	for len(people) >= batch && ctx.Err() == nil {
		if err := r.letters(people[:batch]); err != nil {
			return fmt.Errorf("letters: %w", err)
		}
		people = people[batch:]
	}
	return ctx.Err()
}

// signIns has people sign in, fifty at once all the time, while others read pages.
func (r *run) signIns() error {
	defer r.watch(&r.beside.memory)()
	strangers := *r.target
	strangers.cookies = ""
	var n atomic.Int64
	came := operation{name: "sign-in", clients: atOnce, next: func() request {
		return request{path: "/sign-in", form: url.Values{"email": {colleague(int(n.Add(1)))}, "password": {password}}, want: http.StatusSeeOther}
	}}
	failed := make(chan error, 1)
	var signIns sample
	go func() {
		var err error
		signIns, err = strangers.run(came, r.lasts)
		failed <- err
	}()
	list, err := r.target.run(aList(), r.lasts)
	if other := <-failed; err == nil {
		err = other
	}
	r.beside.signIns, r.beside.pagesWith = append(r.beside.signIns, signIns), append(r.beside.pagesWith, list)
	return err
}

// uninvited finds people who were never written to.
func (r *run) uninvited(n int) (people []string, err error) {
	v, err := visit(r.target.host)
	if err != nil {
		return nil, err
	}
	defer v.close()
	if err := v.signIn(email, password); err != nil {
		return nil, err
	}
	for i := 1; len(people) < n; i++ {
		page, err := v.page(office(fmt.Sprint("/contacts?state=without_login&size=48&page=", i)))
		if err != nil {
			return nil, err
		}
		found := contactLink.FindAllSubmatch(page, -1)
		if len(found) == 0 {
			return people, nil
		}
		for _, m := range found {
			people = append(people, string(m[1]))
		}
	}
	return people[:n], nil
}

// letters measures a list without and with a mail server that hangs, and how fast the letters leave once it does not.
func (r *run) letters(people []string) error {
	if err := r.target.settle(); err != nil {
		return err
	}
	alone, err := r.target.run(aList(), r.lasts)
	if err != nil {
		return err
	}
	r.mail.hold()
	queued, err := r.send(people)
	if err != nil {
		return err
	}
	r.mail.await(func(_, waiting int) bool { return waiting > 0 })
	if err := r.target.settle(); err != nil {
		return err
	}
	hung, err := r.target.run(aList(), r.lasts)
	if err != nil {
		return err
	}
	began := time.Now()
	before := r.mail.letGo()
	r.mail.await(func(taken, _ int) bool { return taken >= before+queued })
	b := &r.beside
	b.letters = append(b.letters, float64(queued)/time.Since(began).Seconds())
	b.pagesAlone, b.pagesHung, b.letterCount = append(b.pagesAlone, alone), append(b.pagesHung, hung), b.letterCount+queued
	return nil
}

// send presses « Renvoyer les identifiants » for each of them, and says for how many that queued a letter: who has no
// address, or one that is a colleague's, gets none.
func (r *run) send(people []string) (queued int, err error) {
	work, done := make(chan string, len(people)), make(chan error, senders)
	for _, who := range people {
		work <- who
	}
	close(work)
	var n atomic.Int64
	for range senders {
		go func() { done <- r.press(work, &n) }()
	}
	for range senders {
		if e := <-done; e != nil {
			err = e
		}
	}
	return int(n.Load()), err
}

func (r *run) press(work <-chan string, queued *atomic.Int64) error {
	w, err := dial(r.target.host)
	if err != nil {
		return err
	}
	defer w.close()
	for who := range work {
		q := request{path: office("/contacts/" + who + "/credentials"), form: url.Values{}}
		a, err := w.do(q.bytes(w.host, r.target.cookies), false)
		switch {
		case err != nil:
			return err
		case a.status == http.StatusSeeOther:
			queued.Add(1)
		case a.status != http.StatusUnprocessableEntity && a.status != http.StatusConflict:
			return fmt.Errorf("%s answers %d", q.path, a.status)
		}
	}
	return nil
}

// print says what was found, one line a measurement.
func (b *beside) print(out io.Writer) {
	ms := func(list []sample, of func(sample) time.Duration) string {
		return milliseconds(time.Duration(median(list, func(s sample) float64 { return float64(of(s)) })))
	}
	p50, p99 := func(s sample) time.Duration { return s.p50 }, func(s sample) time.Duration { return s.p99 }
	if len(b.signIns) > 0 {
		fmt.Fprintf(out, "%d sign-ins at once: %.0f a second, p99 %s ms; a list meanwhile p50 %s, p99 %s ms, wanted 200; memory %s at most, wanted 150 MB and 38 for the passwords\n",
			atOnce, median(b.signIns, sample.rate), ms(b.signIns, p99), ms(b.pagesWith, p50), ms(b.pagesWith, p99), megabytes(b.memory))
	}
	if len(b.letters) > 0 {
		fmt.Fprintf(out, "letters: %.0f a second to a server on this machine (%d in all), wanted 100\n", median(b.letters, func(f float64) float64 { return f }), b.letterCount)
		fmt.Fprintf(out, "a list while letters wait for a server that hangs: p50 %s, p99 %s ms; without p50 %s, p99 %s ms; wanted within 20\n",
			ms(b.pagesHung, p50), ms(b.pagesHung, p99), ms(b.pagesAlone, p50), ms(b.pagesAlone, p99))
	}
}
