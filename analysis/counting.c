/* What `by_numpy` of counting.py does, four times quicker: answers → the integers of many groups.
   Plain C99 without Python; the Makefile builds it where there is a compiler. */

#include <stdint.h>
#include <string.h>

/* CODES and SUMS are those of layout.py: what is counted of an item, and over people by b.
   No more people are held at once than a byte can count, nor are there more items. */
enum { CODES = 7, SUMS = 6, MOST_PEOPLE = 255, MOST_ITEMS = 255 };

typedef struct {
    int64_t items, factors, inside; /* inside: how many items belong to a factor */
    const int64_t *edges;           /* (factors + 1) where each factor begins among the items */
    const int64_t *places;          /* of the items in the integers of a group */
} Layout;

/* What an answer adds: 1 in the byte of its code (the last byte: no answer at all); and b, a, s,
   its part in the number of answers, of satisfied ones and in the sum of levels, at bits 0, 8, 16. */
typedef struct {
    uint64_t code[256];
    uint32_t sums[256];
} Worth;

/* Sums over people with the same b: n, Σa, how many have a = b, Σa² at bits 0, 8, 24, 32; and Σs,
   Σs² at bits 0, 32. 255 people with 255 answers each fit. */
typedef struct {
    uint64_t satisfied, levels;
} People;

/* Some people of one group, before they are added to its integers. */
typedef struct {
    uint64_t codes[MOST_ITEMS];
    People people[2 * MOST_ITEMS]; /* all factors together, then each; b = 1, 2, … of each */
} Held;

static void fill(Worth *worth)
{
    memset(worth, 0, sizeof *worth);
    for (int answer = 1; answer < 256; answer++)
        worth->code[answer] = UINT64_C(1) << 8 * CODES;
    for (int place = 0; place < CODES; place++)
        worth->code[place < CODES - 1 ? place + 1 : 9] = UINT64_C(1) << 8 * place;
    for (uint32_t level = 1; level <= 5; level++)
        worth->sums[level] = 1 | (uint32_t)(level >= 4) << 8 | level << 16;
}

static void hold_sums(People *index, uint32_t sums)
{
    uint64_t b = sums & 255, a = sums >> 8 & 255, s = sums >> 16;
    if (b == 0)
        return;
    index[b - 1].satisfied += 1 | a << 8 | (uint64_t)(a == b) << 24 | a * a << 32;
    index[b - 1].levels += s | s * s << 32;
}

static void hold(Held *restrict held, const uint8_t *restrict row, const Worth *restrict worth,
                 const Layout *restrict layout)
{
    uint32_t all = 0;
    int64_t item = 0;
    for (int64_t factor = 0; factor < layout->factors; factor++) {
        uint32_t sums = 0;
        for (; item < layout->edges[factor + 1]; item++) {
            uint8_t answer = row[item];
            held->codes[item] += worth->code[answer];
            sums += worth->sums[answer];
        }
        hold_sums(held->people + layout->inside + layout->edges[factor], sums);
        all += sums;
    }
    hold_sums(held->people, all);
    for (; item < layout->items; item++)
        held->codes[item] += worth->code[row[item]];
}

/* Add what is held to the integers of its group; return whether a code was no answer. */
static int release(Held *restrict held, const Layout *restrict layout, int64_t *restrict vector)
{
    uint64_t wrong = 0;
    for (int64_t item = 0; item < layout->items; item++) {
        int64_t *counts = vector + 1 + layout->places[item] * CODES;
        for (int place = 0; place < CODES; place++)
            counts[place] += held->codes[item] >> 8 * place & 255;
        wrong |= held->codes[item] >> 8 * CODES;
        held->codes[item] = 0;
    }
    int64_t *six = vector + 1 + layout->items * CODES;
    for (People *each = held->people; each < held->people + 2 * layout->inside; each++) {
        six[0] += each->satisfied & 255;
        six[1] += each->satisfied >> 8 & 65535;
        six[2] += each->satisfied >> 32;
        six[3] += each->satisfied >> 24 & 255;
        six[4] += each->levels & UINT32_MAX;
        six[5] += each->levels >> 32;
        six += SUMS;
        *each = (People){0, 0};
    }
    return wrong != 0;
}

/* Copy some rows in the order of their groups, and write where each group ends. */
static void sort(uint8_t *rows, int64_t *ends, const uint8_t *answers, const int64_t *group,
                 int64_t people, int64_t groups, int64_t items)
{
    memset(ends, 0, (groups + 1) * sizeof *ends);
    for (int64_t person = 0; person < people; person++)
        ends[group[person] + 1]++;
    for (int64_t each = 1; each < groups; each++)
        ends[each] += ends[each - 1];
    for (int64_t person = 0; person < people; person++)
        memcpy(rows + items * ends[group[person]]++, answers + items * person, items);
}

/* Add answers (people, items) to sums (groups, size); return 1 where a code is no answer.
   The items stand factor after factor, those of none last.
   Rows are sorted by group so many at a time (`at_once`) as stay in a processor's cache: `rows`
   (at_once, items) and `ends` (groups + 1) are room for that. */
int count_answers(const uint8_t *answers, const int64_t *group, int64_t people, int64_t groups,
                  int64_t items, int64_t factors, const int64_t *edges, const int64_t *places,
                  int64_t *sums, int64_t size, uint8_t *rows, int64_t at_once, int64_t *ends)
{
    const Layout layout = {items, factors, edges[factors], edges, places};
    Worth worth;
    Held held;
    int wrong = 0;
    fill(&worth);
    memset(&held, 0, sizeof held);
    for (int64_t done = 0; done < people; done += at_once) {
        int64_t now = people - done < at_once ? people - done : at_once, row = 0;
        sort(rows, ends, answers + items * done, group + done, now, groups, items);
        for (int64_t each = 0; each < groups; each++) {
            sums[each * size] += ends[each] - row;
            while (row < ends[each]) {
                int64_t left = ends[each] - row;
                int64_t stop = left < MOST_PEOPLE ? ends[each] : row + MOST_PEOPLE;
                for (; row < stop; row++)
                    hold(&held, rows + items * row, &worth, &layout);
                wrong |= release(&held, &layout, sums + each * size);
            }
        }
    }
    return wrong;
}
