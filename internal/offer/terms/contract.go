package terms

import "slices"

// Contract is what an offer offers, « Type de contrat ».
type Contract string

// The contracts.
const (
	Apprenticeship      Contract = "apprenticeship"      // contrat d'apprentissage
	Professionalization Contract = "professionalization" // contrat de professionnalisation
	Internship          Contract = "internship"          // convention de stage
	Permanent           Contract = "permanent"           // CDI
	FixedTerm           Contract = "fixed_term"          // CDD
	Temporary           Contract = "temporary"           // intérim
	StudentJob          Contract = "student_job"         // job étudiant
	OtherContract       Contract = "other"
)

// Kind is what sort of offer a contract makes.
type Kind string

// The kinds.
const (
	WorkStudy Kind = "work_study" // alternance
	Training  Kind = "internship" // stage
	Job       Kind = "job"        // emploi
)

// Kinds lists them in the order of a form.
func Kinds() []Kind { return []Kind{WorkStudy, Training, Job} }

// Contracts lists those of a kind, in the order of a form.
func (k Kind) Contracts() []Contract {
	switch k {
	case WorkStudy:
		return []Contract{Apprenticeship, Professionalization}
	case Training:
		return []Contract{Internship}
	}
	return []Contract{Permanent, FixedTerm, Temporary, StudentJob, OtherContract}
}

// Contracts lists all, in the order of a form.
func Contracts() (all []Contract) {
	for _, k := range Kinds() {
		all = append(all, k.Contracts()...)
	}
	return all
}

// Kind follows from the contract.
func (c Contract) Kind() Kind {
	for _, k := range Kinds() {
		if slices.Contains(k.Contracts(), c) {
			return k
		}
	}
	return Job
}
