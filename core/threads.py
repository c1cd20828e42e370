"""How many processors each thread's torch work uses: a team for the inference thread, one for every other.

torch's workers come from GNU OpenMP, which gives each thread that computes a team of its own. When all teams
together have more threads than there are processors, it makes each of them sleep at every one of the hundreds of
meeting points in a frame instead of waiting awake: measured on two cores, fathom-nano took 170 to 230 ms a frame
instead of 50 while the loader's team stood idle beside it. So only one thread may have a team.

Source: libgomp, `gomp_throttled_spin_count_var` (env.c) and `gomp_managed_threads` (team.c).
"""

import torch

ALL = torch.get_num_threads()  # what torch found on its own; read before anything below changes it


def use_all() -> None:
    """For the calling thread, which is the one that runs the network."""
    use(ALL)


def use_one() -> None:
    """For the calling thread, and for all that compute for the first time after it."""
    use(1)


def use(count: int) -> None:
    """For the calling thread. Only the one that runs the network may use more than one."""
    torch.get_num_threads()  # has torch set this thread up, so that it does not do so later and undo the next line
    torch.set_num_threads(count)  # also where it seems to be so: MKL's count is one for all threads
