package apikit

import (
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// Conforms says in what an answer to a route differs from the document, or
// nothing. Pattern is that of Route.Pattern. It is for tests of faces, and for
// sandboxes that watch themselves.
func (a *API) Conforms(pattern string, status int, h http.Header, body []byte) error {
	response, err := a.described(pattern, status)
	if err != nil {
		return err
	}
	for name := range response.Headers {
		if optional := name == "Link" || name == "Allow"; h.Get(name) == "" && !optional {
			return fmt.Errorf("%s answered %d without the header %s", pattern, status, name)
		}
	}
	mediaType, _, err := mime.ParseMediaType(h.Get("Content-Type"))
	described := response.Content[mediaType]
	if err != nil || described == nil {
		return fmt.Errorf("%s answered %d as %q, which the document does not have", pattern, status, h.Get("Content-Type"))
	}
	if !strings.HasSuffix(mediaType, "json") {
		return nil
	}
	var v any
	if err := json.Unmarshal(body, &v); err != nil {
		return fmt.Errorf("%s answered %d with what is not JSON: %w", pattern, status, err)
	}
	var found huma.ValidateResult
	huma.Validate(a.spec.Components.Schemas, described.Schema, huma.NewPathBuffer(nil, 0), huma.ModeReadFromServer, v, &found)
	return errors.Join(found.Errors...)
}

// described returns what the document says of a status of a route.
func (a *API) described(pattern string, status int) (*huma.Response, error) {
	method, path, _ := strings.Cut(pattern, " ")
	item := a.spec.Paths[strings.TrimPrefix(path, Prefix)]
	if item == nil {
		return nil, fmt.Errorf("the document has no path for %s", pattern)
	}
	op := map[string]*huma.Operation{http.MethodGet: item.Get, http.MethodPost: item.Post}[method]
	if op == nil {
		return nil, fmt.Errorf("the document has no operation for %s", pattern)
	}
	if r := op.Responses[strconv.Itoa(status)]; r != nil {
		return r, nil
	}
	if status < http.StatusBadRequest {
		return nil, fmt.Errorf("the document does not have status %d of %s", status, pattern)
	}
	return op.Responses["default"], nil
}
