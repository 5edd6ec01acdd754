package main

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// visitor is somebody with a browser: one connection, and the cookies that the server gave.
type visitor struct {
	wire *wire
	jar  map[string]string
}

func visit(host string) (*visitor, error) {
	w, err := dial(host)
	return &visitor{w, map[string]string{}}, err
}

func (v *visitor) close() { v.wire.close() }

// cookies are the header that the server's cookies make.
func (v *visitor) cookies() string {
	var list []string
	for name, value := range v.jar {
		list = append(list, name+"="+value)
	}
	return strings.Join(list, "; ")
}

// send asks for a page or posts a form, and keeps the cookies.
func (v *visitor) send(q request) (answer, error) {
	a, err := v.wire.do(q.bytes(v.wire.host, v.cookies()), true)
	if err != nil {
		return a, err
	}
	for _, c := range (&http.Response{Header: a.header}).Cookies() {
		if v.jar[c.Name] = c.Value; c.MaxAge < 0 {
			delete(v.jar, c.Name)
		}
	}
	if a.status != q.want {
		return a, fmt.Errorf("%s answers %d instead of %d:\n%.2000s", q.path, a.status, q.want, a.body)
	}
	return a, nil
}

// page reads a page.
func (v *visitor) page(path string) ([]byte, error) {
	a, err := v.send(request{path: path, want: http.StatusOK})
	return a.body, err
}

// form reads the form with that action from a page.
func (v *visitor) form(path, action string) (url.Values, error) {
	page, err := v.page(path)
	if err != nil {
		return nil, err
	}
	values, ok := form(page, action)
	if !ok {
		return nil, fmt.Errorf("%s has no form that posts to %s", path, action)
	}
	return values, nil
}

// signIn signs in as a person does.
func (v *visitor) signIn(email, password string) error {
	values, err := v.form("/sign-in", "/sign-in")
	if err != nil {
		return err
	}
	values.Set("email", email)
	values.Set("password", password)
	_, err = v.send(request{path: "/sign-in", form: values, want: http.StatusSeeOther})
	return err
}
