// Package config holds every value that an installation may set: addresses, places, lifetimes, limits and
// retries, each a flag and an environment variable with a default that works.
//
// It is one struct that kong reads (package main) and that package app hands out to the rooms and faces, part
// by part. It checks that the values make sense together, and does nothing else: it opens no file and no
// database. docs/configuration.md is written from it.
package config

import (
	"net"
	"net/netip"
	"path/filepath"
)

// Config is all that `entregent serve` may be told. The other sub-commands take the parts that they need.
// Make it with kong or with Default: the zero value does not work.
type Config struct {
	Store       Store       `embed:"" group:"Data:"`
	Log         Log         `embed:"" group:"Log:"`
	Server      Server      `embed:"" group:"Server:"`
	SignIn      SignIn      `embed:"" group:"Signing in:"`
	Passwords   Passwords   `embed:"" group:"Passwords:"`
	Invitations Invitations `embed:"" group:"Invitations:"`
	Handover    Handover    `embed:"" group:"Hand-over:"`
	Notices     Notices     `embed:"" group:"Notifications:"`
	Requests    Requests    `embed:"" group:"Requests:"`
	Deposits    Deposits    `embed:"" group:"Deposited offers:"`
	Jobs        Jobs        `embed:"" group:"Jobs:"`
	Mail        Mail        `embed:"" group:"Letters:"`
	Inbound     Inbound     `embed:"" group:"Answers by mail:"`
	Transfers   Transfers   `embed:"" group:"Import and export:"`
	Files       Files       `embed:"" group:"Files:"`
	API         API         `embed:"" group:"Other programs:"`
	Webhooks    Webhooks    `embed:"" group:"Webhooks:"`
}

// Store says where the data are.
type Store struct {
	Data       string  `name:"data" env:"ENTREGENT_DATA" default:"./var" placeholder:"DIR" help:"Directory of the data: the SQLite database, the files that people send, the secret. Made when missing, for its owner alone."`
	Database   string  `name:"database" env:"ENTREGENT_DATABASE" placeholder:"DSN" help:"PostgreSQL to use, as postgres://user:password@host/name; empty: SQLite in the data directory."`
	SecretFile string  `name:"secret-file" env:"ENTREGENT_SECRET_FILE" placeholder:"FILE" help:"Key from which links, words and counters are derived; empty: «secret» in the data directory. Made at the first start."`
	Readers    int     `name:"database-readers" env:"ENTREGENT_DATABASE_READERS" default:"0" unit:"connections" help:"Connections that read (SQLite), or all connections (PostgreSQL); 0: by the number of processors."`
	Busy       Seconds `name:"database-busy" env:"ENTREGENT_DATABASE_BUSY" default:"15" unit:"s" help:"How long a write of another process is waited for (SQLite)."`
	Retry      Seconds `name:"database-retry" env:"ENTREGENT_DATABASE_RETRY" default:"0.005" unit:"s" help:"Longest pause before such a change is tried the second time; before the n-th further one n² times this (PostgreSQL)."`
	Attempts   int     `name:"database-attempts" env:"ENTREGENT_DATABASE_ATTEMPTS" default:"8" unit:"attempts" help:"How often a change that others' changes made impossible is tried (PostgreSQL)."`
}

// SQLite is the file of the database when Database is empty.
func (s Store) SQLite() string { return filepath.Join(s.Data, "entregent.db") }

// Secret is the file of the key.
func (s Store) Secret() string {
	if s.SecretFile != "" {
		return s.SecretFile
	}
	return filepath.Join(s.Data, "secret")
}

// FilesDir is the directory of the files that people send.
func (c Config) FilesDir() string {
	if c.Files.Dir != "" {
		return c.Files.Dir
	}
	return filepath.Join(c.Store.Data, "files")
}

// Log says what is logged, on standard error.
type Log struct {
	Level  string `name:"log-level" env:"ENTREGENT_LOG_LEVEL" default:"info" enum:"debug,info,warn,error" help:"Least important record that is written: ${enum}."`
	Format string `name:"log-format" env:"ENTREGENT_LOG_FORMAT" default:"text" enum:"text,json" help:"Form of the records: ${enum}."`
}

// Server says where requests come from, and how long and how large they may be.
type Server struct {
	Addr           string   `name:"addr" env:"ENTREGENT_ADDR" default:"127.0.0.1:8080" placeholder:"HOST:PORT" help:"Address to listen on."`
	BaseURL        string   `name:"base-url" env:"ENTREGENT_BASE_URL" placeholder:"URL" help:"Address under which people reach the installation; every link is built from it, another Host is refused. Empty: http:// and --addr on this machine."`
	TrustedProxies Prefixes `name:"trusted-proxies" env:"ENTREGENT_TRUSTED_PROXIES" placeholder:"CIDR,…" help:"Networks whose forwarding headers are believed; empty: nobody's."`
	MetricsAddr    string   `name:"metrics-addr" env:"ENTREGENT_METRICS_ADDR" placeholder:"HOST:PORT" help:"Address of /metrics for Prometheus; empty: none."`
	HeaderTimeout  Seconds  `name:"header-timeout" env:"ENTREGENT_HEADER_TIMEOUT" default:"5" unit:"s" help:"How long the head of a request may take to arrive."`
	ReadTimeout    Seconds  `name:"read-timeout" env:"ENTREGENT_READ_TIMEOUT" default:"120" unit:"s" help:"How long a whole request may take to arrive; a file on its way moves this."`
	WriteTimeout   Seconds  `name:"write-timeout" env:"ENTREGENT_WRITE_TIMEOUT" default:"120" unit:"s" help:"How long an answer may take, from the end of the request's head; a file on its way moves this."`
	SlowestFile    int64    `name:"slowest-file" env:"ENTREGENT_SLOWEST_FILE" default:"8192" unit:"bytes/s" help:"Slowest that a file may come in or go out; each second's worth of it moves the timeouts by a second."`
	IdleTimeout    Seconds  `name:"idle-timeout" env:"ENTREGENT_IDLE_TIMEOUT" default:"120" unit:"s" help:"How long an idle connection is kept."`
	HeaderLimit    int      `name:"header-limit" env:"ENTREGENT_HEADER_LIMIT" default:"65536" unit:"bytes" help:"Largest head of a request."`
	BodyLimit      int64    `name:"body-limit" env:"ENTREGENT_BODY_LIMIT" default:"1048576" unit:"bytes" help:"Largest form."`
	FormParts      int      `name:"form-parts-limit" env:"ENTREGENT_FORM_PARTS_LIMIT" default:"1000" unit:"parts" help:"Most fields and files in one form that brings files."`
	StreamRecheck  Seconds  `name:"stream-recheck" env:"ENTREGENT_STREAM_RECHECK" default:"30" unit:"s" help:"How often it is looked whether the reader of an open stream (the bell of an open page) may still read."`
	StreamTimeout  Seconds  `name:"stream-timeout" env:"ENTREGENT_STREAM_TIMEOUT" default:"10" unit:"s" help:"How long such a reader may take one event."`
	StreamsEach    int      `name:"streams-per-login" env:"ENTREGENT_STREAMS_PER_LOGIN" default:"3" unit:"streams" help:"Streams that one login may have open at once on a node. Browsers keep few connections to one place, and pages need some."`
	KeptLifetime   Seconds  `name:"kept-form-lifetime" env:"ENTREGENT_KEPT_FORM_LIFETIME" default:"86400" unit:"s" help:"How long a form that was posted after its session had ended waits for its author to sign in again."`
	KeptLimit      int64    `name:"kept-form-limit" env:"ENTREGENT_KEPT_FORM_LIMIT" default:"262144" unit:"bytes" help:"Largest form that is kept so."`
	ToastLifetime  Seconds  `name:"toast-lifetime" env:"ENTREGENT_TOAST_LIFETIME" default:"60" unit:"s" help:"How long the word on what was done waits for the next page."`
	MetricsTimeout Seconds  `name:"metrics-timeout" env:"ENTREGENT_METRICS_TIMEOUT" default:"10" unit:"s" help:"How long an answer of /metrics may take."`
	MetricsQuery   Seconds  `name:"metrics-query-timeout" env:"ENTREGENT_METRICS_QUERY_TIMEOUT" default:"5" unit:"s" help:"How long the database may take to count the jobs for it; then they are left out."`
	ShutdownDelay  Seconds  `name:"shutdown-delay" env:"ENTREGENT_SHUTDOWN_DELAY" default:"0" unit:"s" help:"How long /readyz says no, and requests are still taken, before the program stops: for load balancers."`
	ShutdownGrace  Seconds  `name:"shutdown-grace" env:"ENTREGENT_SHUTDOWN_GRACE" default:"20" unit:"s" help:"How long running requests and jobs may still take when the program is told to stop."`
}

// Base is the address under which people reach the installation. When none is given it is the one that is listened on,
// as this machine sees it: somebody who tries the program reaches it there, everybody else says where they do.
func (s Server) Base() string {
	if s.BaseURL != "" {
		return s.BaseURL
	}
	host, port, _ := net.SplitHostPort(s.Addr) // Validate has refused what is none
	if ip, err := netip.ParseAddr(host); host != "localhost" && (err != nil || !ip.IsLoopback()) {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port)
}

// API says how much another program may ask for.
type API struct {
	Requests int     `name:"api-requests" env:"ENTREGENT_API_REQUESTS" default:"1200" unit:"requests" help:"Requests of one token in the window, on each node; 0: as many as it likes."`
	Window   Seconds `name:"api-window" env:"ENTREGENT_API_WINDOW" default:"60" unit:"s" help:"How long the requests of a token are counted."`
}

// Webhooks says where other programs may be told what has changed, and how often that is tried.
type Webhooks struct {
	Private   Prefixes `name:"webhook-private" env:"ENTREGENT_WEBHOOK_PRIVATE" placeholder:"CIDR,…" help:"Networks that webhooks may reach although they are not public, such as 10.1.2.0/24; empty: none. Whoever makes webhooks then reaches them through this program."`
	HTTP      bool     `name:"webhook-http" env:"ENTREGENT_WEBHOOK_HTTP" help:"Allow webhooks without TLS (http://): whoever stands between reads them."`
	Delays    Delays   `name:"webhook-delays" env:"ENTREGENT_WEBHOOK_DELAYS" default:"5,300,1800,7200,18000,36000,50400,72000,86400" unit:"s" help:"Waits before the second try of a delivery, the third and so on; after the last one it is given up."`
	GiveUp    Seconds  `name:"webhook-give-up" env:"ENTREGENT_WEBHOOK_GIVE_UP" default:"432000" unit:"s" help:"How long nothing may be taken before a webhook is switched off."`
	Timeout   Seconds  `name:"webhook-timeout" env:"ENTREGENT_WEBHOOK_TIMEOUT" default:"15" unit:"s" help:"How long one try may take, from the name's look-up to the answer."`
	Overlap   Seconds  `name:"webhook-secret-overlap" env:"ENTREGENT_WEBHOOK_SECRET_OVERLAP" default:"86400" unit:"s" help:"How long deliveries are signed with the secret before too, once it was renewed."`
	Retention Seconds  `name:"webhook-retention" env:"ENTREGENT_WEBHOOK_RETENTION" default:"2592000" unit:"s" help:"How long deliveries are kept, to be looked at and sent again."`
	Backlog   int      `name:"webhook-backlog" env:"ENTREGENT_WEBHOOK_BACKLOG" default:"10000" unit:"deliveries" help:"Deliveries of one webhook that wait at most; what comes then waits in the history."`
	Parallel  int      `name:"webhook-parallel" env:"ENTREGENT_WEBHOOK_PARALLEL" default:"16" unit:"webhooks" help:"Webhooks that are served at once on this node, each with one delivery at a time; those that fail take at most half."`
	Poll      Seconds  `name:"webhook-poll" env:"ENTREGENT_WEBHOOK_POLL" default:"2" unit:"s" help:"How often a node looks for deliveries that are due."`
}

// SignIn says how long a sign-in lasts and how often it may fail.
type SignIn struct {
	SessionLifetime Seconds `name:"session-lifetime" env:"ENTREGENT_SESSION_LIFETIME" default:"43200" unit:"s" help:"How long a person stays signed in."`
	SessionIdle     Seconds `name:"session-idle" env:"ENTREGENT_SESSION_IDLE" default:"14400" unit:"s" help:"How long a person stays signed in without opening a page; 0: as long as the session lives."`
	SeenInterval    Seconds `name:"seen-interval" env:"ENTREGENT_SEEN_INTERVAL" default:"60" unit:"s" help:"How often at most a session's «last seen» is written."`
	Confirmed       Seconds `name:"reauthentication-window" env:"ENTREGENT_REAUTHENTICATION_WINDOW" default:"900" unit:"s" help:"How long a password counts as just typed, for the acts that ask for it."`
	Failures        int     `name:"sign-in-failures" env:"ENTREGENT_SIGN_IN_FAILURES" default:"10" unit:"tries" help:"Wrong passwords for one login in the window before delays begin."`
	AddressFailures int     `name:"address-failures" env:"ENTREGENT_ADDRESS_FAILURES" default:"100" unit:"tries" help:"Wrong passwords from one client address in the window before it waits for the window's end."`
	Renames         int     `name:"rename-failures" env:"ENTREGENT_RENAME_FAILURES" default:"10" unit:"tries" help:"Refused renamings by one person in the window before delays begin: each tells something of other workspaces."`
	Recoveries      int     `name:"recovery-requests" env:"ENTREGENT_RECOVERY_REQUESTS" default:"5" unit:"letters" help:"Letters that whoever types an address may have sent there in the window before delays begin: for a forgotten password, or to confirm a new address."`
	AddressAsks     int     `name:"address-recovery-requests" env:"ENTREGENT_ADDRESS_RECOVERY_REQUESTS" default:"30" unit:"letters" help:"Forgotten passwords asked for from one client address in the window before it waits for the window's end."`
	FailureWindow   Seconds `name:"failure-window" env:"ENTREGENT_FAILURE_WINDOW" default:"900" unit:"s" help:"How long a wrong password, or a letter asked for, is counted."`
	FirstDelay      Seconds `name:"first-delay" env:"ENTREGENT_FIRST_DELAY" default:"30" unit:"s" help:"Delay after the last free wrong password; each further one doubles it."`
	LongestDelay    Seconds `name:"longest-delay" env:"ENTREGENT_LONGEST_DELAY" default:"900" unit:"s" help:"Longest such delay."`
	BrowserLifetime Seconds `name:"browser-lifetime" env:"ENTREGENT_BROWSER_LIFETIME" default:"34560000" unit:"s" help:"How long a browser that signed in keeps a count of its own, so that nobody else can lock it out; its choice of language lasts as long."`
	PasswordLink    Seconds `name:"password-link-lifetime" env:"ENTREGENT_PASSWORD_LINK_LIFETIME" default:"3600" unit:"s" help:"How long a link to choose a new password holds."`
	AddressLink     Seconds `name:"address-link-lifetime" env:"ENTREGENT_ADDRESS_LINK_LIFETIME" default:"86400" unit:"s" help:"How long a link to confirm a new address holds."`
	LinkRetention   Seconds `name:"link-retention" env:"ENTREGENT_LINK_RETENTION" default:"2592000" unit:"s" help:"How long links are kept after they have expired, for letters about them that could not be sent yet."`
}

// Passwords says what hashing a password costs (argon2id).
type Passwords struct {
	Passes     uint32 `name:"password-passes" env:"ENTREGENT_PASSWORD_PASSES" default:"2" unit:"passes" help:"Passes of argon2id over its memory."`
	Memory     uint32 `name:"password-memory" env:"ENTREGENT_PASSWORD_MEMORY" default:"19456" unit:"KiB" help:"Memory of argon2id for one password."`
	Threads    uint8  `name:"password-threads" env:"ENTREGENT_PASSWORD_THREADS" default:"1" unit:"threads" help:"Threads of argon2id for one password."`
	Concurrent int    `name:"password-concurrent" env:"ENTREGENT_PASSWORD_CONCURRENT" default:"2" unit:"passwords" help:"Passwords hashed at once, of several processors one less at most; others wait."`
}

// Invitations says how long an invitation holds and how often its code may be guessed at.
type Invitations struct {
	Lifetime   Seconds `name:"invitation-lifetime" env:"ENTREGENT_INVITATION_LIFETIME" default:"604800" unit:"s" help:"How long the link and the code of an invitation hold."`
	WrongCodes int     `name:"invitation-wrong-codes" env:"ENTREGENT_INVITATION_WRONG_CODES" default:"10" unit:"codes" help:"Wrong codes for one address that void the codes of its invitations; the links go on."`
}

// Handover says how long a super_admin's offer of the role holds.
type Handover struct {
	Lifetime Seconds `name:"handover-lifetime" env:"ENTREGENT_HANDOVER_LIFETIME" default:"604800" unit:"s" help:"How long the offer of the role Super-Admin holds."`
}

// Notices says how people are told what concerns them.
type Notices struct {
	Retention Seconds `name:"notice-retention" env:"ENTREGENT_NOTICE_RETENTION" default:"7776000" unit:"s" help:"How long what somebody was told stays in their bell."`
	Poll      Seconds `name:"notice-poll" env:"ENTREGENT_NOTICE_POLL" default:"2" unit:"s" help:"How often a node looks for news from other nodes for the bells of open pages, once for all."`
	Digest    Seconds `name:"notice-digest-interval" env:"ENTREGENT_NOTICE_DIGEST_INTERVAL" default:"60" unit:"s" help:"How often it is looked whose letter of the day is due."`
}

// Requests says how long the customer of a support request is waited for.
type Requests struct {
	Reminder Seconds `name:"request-reminder" env:"ENTREGENT_REQUEST_REMINDER" default:"432000" unit:"s" help:"How long a request waits for the customer's answer before they are reminded, once."`
	Closing  Seconds `name:"request-closing" env:"ENTREGENT_REQUEST_CLOSING" default:"864000" unit:"s" help:"How long a request waits for the customer's answer, or stays resolved, before it is closed."`
}

// Deposits says how much the public offer forms take, and how long an offer waits for its depositor.
type Deposits struct {
	Lifetime   Seconds `name:"deposit-lifetime" env:"ENTREGENT_DEPOSIT_LIFETIME" default:"604800" unit:"s" help:"How long a deposited offer waits for its depositor to confirm it by the link in their letter."`
	Form       Seconds `name:"deposit-form-lifetime" env:"ENTREGENT_DEPOSIT_FORM_LIFETIME" default:"43200" unit:"s" help:"How long the public form may lie open before it has to be sent twice."`
	PerAddress int     `name:"deposits-per-address" env:"ENTREGENT_DEPOSITS_PER_ADDRESS" default:"10" unit:"offers" help:"Offers deposited with a workspace from one client address in an hour. A third of it while more than an eighth of --deposits-per-hour has come, one while more than half has."`
	PerHour    int     `name:"deposits-per-hour" env:"ENTREGENT_DEPOSITS_PER_HOUR" default:"400" unit:"offers" help:"Offers deposited with one workspace in an hour, from wherever."`
}

// Jobs says how the work in the background is done.
type Jobs struct {
	Workers        int     `name:"job-workers" env:"ENTREGENT_JOB_WORKERS" default:"4" unit:"jobs" help:"Jobs that run at once on this node; letters take at most half of that."`
	Poll           Seconds `name:"job-poll" env:"ENTREGENT_JOB_POLL" default:"1" unit:"s" help:"How often the queue is looked at."`
	Lease          Seconds `name:"job-lease" env:"ENTREGENT_JOB_LEASE" default:"60" unit:"s" help:"How long a job stays claimed by a node that is no more heard of."`
	Attempts       int     `name:"job-attempts" env:"ENTREGENT_JOB_ATTEMPTS" default:"10" unit:"attempts" help:"How often a job is tried before it is given up."`
	Retry          Seconds `name:"job-retry" env:"ENTREGENT_JOB_RETRY" default:"1" unit:"s" help:"The n-th retry of a failed job waits n⁴ times this, --job-longest-retry at most."`
	LongestRetry   Seconds `name:"job-longest-retry" env:"ENTREGENT_JOB_LONGEST_RETRY" default:"86400" unit:"s" help:"Longest such wait."`
	Retention      Seconds `name:"job-retention" env:"ENTREGENT_JOB_RETENTION" default:"604800" unit:"s" help:"How long finished jobs are kept."`
	SealInterval   Seconds `name:"seal-interval" env:"ENTREGENT_SEAL_INTERVAL" default:"10" unit:"s" help:"How often new lines of the history are sealed."`
	VerifyInterval Seconds `name:"journal-verify-interval" env:"ENTREGENT_JOURNAL_VERIFY_INTERVAL" default:"86400" unit:"s" help:"How often the seals of the whole history are checked."`
	SweepEvery     Seconds `name:"sweep-interval" env:"ENTREGENT_SWEEP_INTERVAL" default:"900" unit:"s" help:"How often dead sessions, counters, jobs and files are removed."`
}

// Mail says how letters leave. Without a server they wait; the waits between two tries are those of Jobs.
type Mail struct {
	SMTP      MailServer `name:"smtp" env:"ENTREGENT_SMTP" placeholder:"URL" help:"Mail server that takes the letters, as smtp://user:password@host:587?tls=starttls, tls=implicit or tls=none; signs other than letters and digits percent-encoded. Empty: letters wait, and nobody can read them."`
	From      string     `name:"mail-from" env:"ENTREGENT_MAIL_FROM" placeholder:"ADDRESS" help:"Address that every letter comes from; goes with the mail server."`
	Dial      Seconds    `name:"smtp-dial-timeout" env:"ENTREGENT_SMTP_DIAL_TIMEOUT" default:"10" unit:"s" help:"How long the mail server may take until a connection stands."`
	Answer    Seconds    `name:"smtp-timeout" env:"ENTREGENT_SMTP_TIMEOUT" default:"60" unit:"s" help:"How long the mail server may take for each answer."`
	Idle      Seconds    `name:"smtp-idle" env:"ENTREGENT_SMTP_IDLE" default:"10" unit:"s" help:"How long a connection is kept for the next letter."`
	Parallel  int        `name:"mail-parallel" env:"ENTREGENT_MAIL_PARALLEL" default:"2" unit:"letters" help:"Letters sent at once on this node, each over a connection of its own; half of --job-workers at most."`
	Attempts  int        `name:"mail-attempts" env:"ENTREGENT_MAIL_ATTEMPTS" default:"16" unit:"attempts" help:"How often a letter is tried before it counts as refused. The waits between are --job-retry and --job-longest-retry: with all defaults two days together."`
	Retention Seconds    `name:"mail-retention" env:"ENTREGENT_MAIL_RETENTION" default:"7776000" unit:"s" help:"How long letters that were sent, refused or withdrawn stay in the list."`
	Reports   Seconds    `name:"dispatch-retention" env:"ENTREGENT_DISPATCH_RETENTION" default:"2592000" unit:"s" help:"How long it is kept what became of each contact of a bulk sending."`
	Followed  Seconds    `name:"dispatch-follow" env:"ENTREGENT_DISPATCH_FOLLOW" default:"600" unit:"s" help:"How long after the end of a bulk sending its open page still follows the letters by itself."`
}

// Inbound says how people's answers to letters come in by mail. Without an address they do not.
type Inbound struct {
	Address     MailListener `name:"inbound" env:"ENTREGENT_INBOUND" placeholder:"URL" help:"Address where the mail server beside the program delivers answers to letters, as lmtp://127.0.0.1:2424 or smtp://127.0.0.1:2525. Empty: letters cannot be answered by mail."`
	Domain      string       `name:"reply-domain" env:"ENTREGENT_REPLY_DOMAIN" placeholder:"DOMAIN" help:"Domain of the addresses that letters are answered at, of which the mail server hands everything to --inbound."`
	Largest     int64        `name:"inbound-limit" env:"ENTREGENT_INBOUND_LIMIT" default:"52428800" unit:"bytes" help:"Largest mail, as it comes over the wire: files are a third larger there."`
	Connections int          `name:"inbound-connections" env:"ENTREGENT_INBOUND_CONNECTIONS" default:"64" unit:"connections" help:"Connections over which mails come in at once."`
	Idle        Seconds      `name:"inbound-idle" env:"ENTREGENT_INBOUND_IDLE" default:"60" unit:"s" help:"How long whoever delivers a mail may keep silent."`
	Timeout     Seconds      `name:"inbound-timeout" env:"ENTREGENT_INBOUND_TIMEOUT" default:"30" unit:"s" help:"How long whoever delivers a mail may take to take an answer."`
	Lifetime    Seconds      `name:"inbound-lifetime" env:"ENTREGENT_INBOUND_LIFETIME" default:"900" unit:"s" help:"How long such a connection lasts at most, whatever it does."`
	Wrong       int          `name:"inbound-wrong-addresses" env:"ENTREGENT_INBOUND_WRONG_ADDRESSES" default:"20" unit:"addresses" help:"Addresses that nobody may be answered at, on one such connection, after which it ends."`
	Mails       int          `name:"inbound-mails" env:"ENTREGENT_INBOUND_MAILS" default:"30" unit:"mails" help:"Mails from one contact in the window; more are put off. Each node counts for itself."`
	Window      Seconds      `name:"inbound-window" env:"ENTREGENT_INBOUND_WINDOW" default:"900" unit:"s" help:"How long a mail is counted."`
}

// Transfers says how imports are bounded and kept.
type Transfers struct {
	UploadLimit int64   `name:"upload-limit" env:"ENTREGENT_UPLOAD_LIMIT" default:"67108864" unit:"bytes" help:"Largest file that is imported."`
	Retention   Seconds `name:"import-retention" env:"ENTREGENT_IMPORT_RETENTION" default:"604800" unit:"s" help:"How long the file and the report of an import are kept."`
	Abandoned   Seconds `name:"upload-retention" env:"ENTREGENT_UPLOAD_RETENTION" default:"86400" unit:"s" help:"How long the parts of a file that never arrived whole are kept."`
	Unpacked    int64   `name:"import-unpacked-limit" env:"ENTREGENT_IMPORT_UNPACKED_LIMIT" default:"536870912" unit:"bytes" help:"Most that an XLSX file may hold, unpacked."`
	Strings     int     `name:"import-strings-limit" env:"ENTREGENT_IMPORT_STRINGS_LIMIT" default:"16777216" unit:"bytes" help:"Most that the texts which the cells of an XLSX file share may come to; they are held in memory."`
	Row         int     `name:"import-row-limit" env:"ENTREGENT_IMPORT_ROW_LIMIT" default:"1048576" unit:"bytes" help:"Largest row with all its cells."`
	Columns     int     `name:"import-columns" env:"ENTREGENT_IMPORT_COLUMNS" default:"256" unit:"columns" help:"Widest table."`
}

// Files says how the files are bounded that people send along with requests, and where they stand.
type Files struct {
	Dir       string  `name:"files" env:"ENTREGENT_FILES" placeholder:"DIR" help:"Directory of the files that people send; all nodes share it. Empty: «files» in the data directory. Made when missing, for its owner alone."`
	Largest   int64   `name:"file-limit" env:"ENTREGENT_FILE_LIMIT" default:"26214400" unit:"bytes" help:"Largest file."`
	PerOwner  int     `name:"files-per-message" env:"ENTREGENT_FILES_PER_MESSAGE" default:"10" unit:"files" help:"Files that come with one request, comment or invoice at most."`
	Daily     int64   `name:"files-per-day" env:"ENTREGENT_FILES_PER_DAY" default:"1073741824" unit:"bytes" help:"What one person may send to a workspace in 24 hours, all files together."`
	Kept      Seconds `name:"kept-file-lifetime" env:"ENTREGENT_KEPT_FILE_LIFETIME" default:"86400" unit:"s" help:"How long a file waits whose form came back to its author with something wrong elsewhere."`
	KeptForms int     `name:"kept-files-forms" env:"ENTREGENT_KEPT_FILES_FORMS" default:"10" unit:"forms" help:"Forms full of files that wait so for one person and workspace at once."`
	Abandoned Seconds `name:"abandoned-file-age" env:"ENTREGENT_ABANDONED_FILE_AGE" default:"3600" unit:"s" help:"How old a file without an owner is before its bytes are removed: longer than any upload takes."`
}
