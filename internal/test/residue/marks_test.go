package residue_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// mark is a piece of made-up personal data that stands nowhere else.
type mark struct {
	what string // for reports
	text string
	may  []string // where it may lie, and why: see allowed
}

// marks are all marks of a test, in the order in which they were made.
type marks struct {
	all    []mark
	chance *rand.Rand
}

func newMarks() *marks { return &marks{chance: rand.New(rand.NewPCG(20261122, 5))} }

func (m *marks) add(what, text string, may ...string) string {
	m.all = append(m.all, mark{what, text, may})
	return text
}

// han are characters of names and places, rare enough that chance does not bring
// six of them together, and common enough for every Chinese encoding.
var han = []rune("澜漪霁溟翀峤岚嵘旻晟昱煊炜烨焱琛琮瑾瑜璟珩璇骁骥鹍鸢鹤麟芃芷荇蕙蘅菀楠栩桁梓槿柏沅沄淇渊湛潇舸舲")

// chinese is a made-up word of Chinese characters.
func (m *marks) chinese(what string) string {
	text := "示例"
	for range 6 {
		text += string(han[m.chance.IntN(len(han))])
	}
	return m.add(what, text)
}

// document is a made-up number of a document.
func (m *marks) document(what string) string {
	text := m.chinese(what)
	m.all = m.all[:len(m.all)-1]
	return m.add(what, text+"第"+m.some(6)+"号")
}

// word is a made-up word of letters of both cases and a digit.
func (m *marks) word(what string, may ...string) string {
	text := "Sample7"
	for range 14 {
		letter := "abcdefghijkmnopqrstuvwxyz"[m.chance.IntN(25)]
		text += string(rune(letter - byte(32*m.chance.IntN(2))))
	}
	return m.add(what, text, may...)
}

// digits is a made-up number.
func (m *marks) digits(what string, n int) string { return m.add(what, m.some(n)) }

// reference is a made-up case reference that begins as the purpose wants.
func (m *marks) reference(what, begin string, may ...string) string {
	return m.add(what, begin+m.some(6), may...)
}

func (m *marks) some(n int) (text string) {
	for range n {
		text += string(rune('0' + m.chance.IntN(10)))
	}
	return text
}

// someone is a made-up person.
type someone struct{ number, name string }

// person makes an identity that nobody has: the area 999999 is not assigned.
func (m *marks) person(who string) someone {
	body := fmt.Sprintf("999999%d%02d%02d%03d", 1950+m.chance.IntN(50), 1+m.chance.IntN(12), 1+m.chance.IntN(28), m.chance.IntN(1000))
	return someone{number: m.add("number of "+who, body+check(body)), name: m.chinese("name of " + who)}
}

// check is the check character of a resident identity number (GB 11643).
func check(body string) string {
	sum := 0
	for _, r := range body {
		sum = (sum + int(r-'0')) * 2 % 11
	}
	return "10X98765432"[sum : sum+1]
}

// wrong is a number with a wrong check character.
func (m *marks) wrong(who string, p someone) someone {
	last := "0"
	if strings.HasSuffix(p.number, "0") {
		last = "1"
	}
	return someone{m.add("wrong number of "+who, p.number[:17]+last), p.name}
}

// address is a made-up e-mail address.
func (m *marks) address(what string, may ...string) string {
	text := strings.ToLower(m.word(what + ", before the at"))
	m.all = m.all[:len(m.all)-1]
	return m.add(what, text+"@example.org", may...)
}

// The places in which some marks may lie.
const (
	mailSink   = "mail/"            // the address that a message goes to
	plainStaff = "staff"            // the body's own number for its clerk: a plain column, no name
	plainKeys  = "keys"             // the idempotency keys of deliveries: a plain column
	loudLog    = "log/postgres.log" // the hash of a token, while statements are logged with their values
)

// allowed says whether a mark may lie where it was found.
func allowed(m mark, where string) bool {
	return slices.ContainsFunc(m.may, func(place string) bool {
		switch place {
		case plainStaff, plainKeys: // wherever the database keeps its tables, and what it says of them
			return strings.Contains(where, "postgres") || strings.Contains(where, "backup/") || strings.Contains(where, "tables/")
		}
		return strings.Contains(where, place)
	})
}
