/*
 * A session moves to another store when its user signs in again: the new store is written, then the config
 * file names it, then the old one is emptied. "staleStore" in the profile says at each step which store must
 * not hold the session in the end, so that a process that is killed in between leaves one good session, and
 * the next command removes the other.
 */
#pragma once

#include "session/interfaces.h"
#include "session/session.h"

struct store_move {
    char *from; /* the store to leave; NULL: nothing moves */
};

#define STORE_MOVE_EMPTY                                                                                     \
    {                                                                                                        \
        NULL                                                                                                 \
    }
#define _cleanup_store_move_ _cleanup_(store_move_release)

/*
 * Both stand around the saving of the session, under its lock. Nothing moves when the profile's store is the
 * one that the config file names for it. `earlier`, unless it is filled, becomes what the old store holds. An
 * old store that can't be read or emptied without asking the user is no failure: "staleStore" stays. Fails as
 * config_edit() and config_save().
 */
bool store_move_begin(const struct interfaces *interfaces, const struct profile *profile,
                      struct store_move *move, struct session *earlier, struct error *err);
bool store_move_finish(const struct interfaces *interfaces, const struct profile *profile,
                       const struct store_move *move, struct error *err);

/* Removes what an unfinished move of the profile left. Asks nobody anything; what fails is tried next time.
 */
void store_move_tidy(const struct interfaces *interfaces, const struct profile *profile);

void store_move_release(struct store_move *move);
