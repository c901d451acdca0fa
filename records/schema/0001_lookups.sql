-- The lists that records may choose from. Codes are kept in records, names are shown to people.
-- movement and scale repeat instruments/ (bounds only) and are refreshed from it whenever a store is opened.
CREATE TABLE cause (cause VARCHAR PRIMARY KEY, name VARCHAR NOT NULL, place INTEGER NOT NULL);
INSERT INTO cause VALUES
    ('auto_accident', 'auto accident', 1),
    ('sports', 'sports', 2),
    ('workplace', 'workplace', 3),
    ('illness', 'illness or chronic condition', 4),
    ('post_surgical', 'after surgery', 5),
    ('prenatal_postpartum', 'pregnancy or after birth', 6),
    ('overuse', 'overuse or repetition', 7),
    ('fall', 'fall', 8),
    ('stress', 'stress or tension', 9),
    ('overcompensation', 'overcompensation after another injury', 10),
    ('unknown', 'unknown', 11);

CREATE TABLE region (region VARCHAR PRIMARY KEY, name VARCHAR NOT NULL, place INTEGER NOT NULL);
INSERT INTO region VALUES
    ('head_jaw', 'head and jaw', 1),
    ('neck', 'neck', 2),
    ('upper_back', 'upper back', 3),
    ('mid_back', 'mid back', 4),
    ('low_back', 'low back', 5),
    ('sacrum_pelvis', 'sacrum and pelvis', 6),
    ('shoulder', 'shoulder', 7),
    ('upper_arm', 'upper arm', 8),
    ('elbow', 'elbow', 9),
    ('forearm', 'forearm', 10),
    ('wrist_hand', 'wrist and hand', 11),
    ('chest_ribs', 'chest and ribs', 12),
    ('abdomen', 'abdomen', 13),
    ('hip_glute', 'hip and gluteals', 14),
    ('thigh', 'thigh', 15),
    ('knee', 'knee', 16),
    ('lower_leg', 'lower leg', 17),
    ('ankle_foot', 'ankle and foot', 18);

CREATE TABLE technique (technique VARCHAR PRIMARY KEY, name VARCHAR NOT NULL, place INTEGER NOT NULL);
INSERT INTO technique VALUES
    ('neuromuscular', 'Neuromuscular therapy', 1),
    ('trigger_point', 'Trigger point therapy', 2),
    ('myofascial_release', 'Myofascial release', 3),
    ('connective_tissue', 'Connective tissue massage', 4),
    ('neuro_fascial', 'Neuro-fascial massage', 5),
    ('positional_release', 'Positional release', 6),
    ('rehabilitative_stretching', 'Rehabilitative stretching', 7),
    ('muscle_testing', 'Muscle testing (assessment)', 8),
    ('lymph_drainage', 'Manual lymph drainage', 9),
    ('osteopathic', 'Osteopathic manual techniques', 10),
    ('reflex_therapy', 'Reflex therapy', 11),
    ('traditional_asian', 'Traditional Asian techniques', 12),
    ('prenatal', 'Prenatal massage', 13),
    ('relaxation', 'Swedish or relaxation massage', 14);

CREATE TABLE discharge_reason (discharge_reason VARCHAR PRIMARY KEY, name VARCHAR NOT NULL, place INTEGER NOT NULL);
INSERT INTO discharge_reason VALUES
    ('goals_met', 'goals met', 1),
    ('plateau', 'plateau', 2),
    ('self_satisfied', 'self-discharged, satisfied', 3),
    ('self_unknown', 'self-discharged, reason unknown', 4),
    ('benefit_exhausted', 'authorisation or benefit exhausted', 5),
    ('referred_on', 'referred on or medical reason', 6),
    ('moved', 'moved or schedule', 7),
    ('cost', 'cost', 8),
    ('no_show', 'no-show', 9),
    ('other', 'other', 10);

CREATE TABLE referral_source (referral_source VARCHAR PRIMARY KEY, name VARCHAR NOT NULL, place INTEGER NOT NULL);
INSERT INTO referral_source VALUES
    ('physician', 'physician', 1),
    ('chiropractor', 'chiropractor', 2),
    ('pt_ot', 'physical or occupational therapist', 3),
    ('attorney', 'attorney', 4),
    ('insurer', 'insurer or case manager', 5),
    ('employer', 'employer', 6),
    ('midwife_ob', 'midwife or obstetrician', 7),
    ('self', 'self', 8),
    ('friend', 'friend', 9),
    ('web', 'web', 10);

CREATE TABLE payer_kind (payer_kind VARCHAR PRIMARY KEY, name VARCHAR NOT NULL, place INTEGER NOT NULL);
INSERT INTO payer_kind VALUES
    ('self_pay', 'self-pay', 1),
    ('auto', 'auto medical or PIP', 2),
    ('workers_comp', 'workers'' compensation', 3),
    ('health_plan', 'health plan', 4),
    ('hsa_fsa', 'HSA or FSA', 5),
    ('va', 'VA', 6);

CREATE TABLE red_flag (red_flag VARCHAR PRIMARY KEY, name VARCHAR NOT NULL, place INTEGER NOT NULL);
INSERT INTO red_flag VALUES
    ('fever', 'fever', 1),
    ('clot', 'clot', 2),
    ('fracture', 'fracture', 3),
    ('cancer_site', 'cancer site', 4),
    ('anticoagulants', 'anticoagulants', 5),
    ('pregnancy', 'pregnancy', 6),
    ('other', 'other danger sign', 7);

CREATE TABLE movement (
    joint VARCHAR NOT NULL,
    movement VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    region VARCHAR NOT NULL,
    sided BOOLEAN NOT NULL,
    lowest_deg DECIMAL(5, 1) NOT NULL,
    highest_deg DECIMAL(5, 1) NOT NULL,
    PRIMARY KEY (joint, movement)
);

CREATE TABLE scale (
    scale VARCHAR PRIMARY KEY,
    name VARCHAR NOT NULL,
    lowest DECIMAL(9, 3) NOT NULL,
    highest DECIMAL(9, 3) NOT NULL
);
