#include "store/store.h"

void store_close(struct store **store)
{
    if (*store)
        (*store)->close(*store);
    *store = NULL;
}
