"""The loss: blind to scale and shift where it should be, and to nothing else."""

import torch

from core.training.loss import CENTRE, aligned, gradient_loss, loss_of, normalised


def scene(seed: int = 0) -> torch.Tensor:
    return torch.rand(2, 24, 32, generator=torch.Generator().manual_seed(seed)) + 0.1


def test_scale_and_shift_do_not_matter_but_for_the_tether() -> None:
    truth, other = scene(), scene(1)
    plain = loss_of(other, truth, 0.5, 0.0)
    scaled = loss_of(1e4 * other + 700, truth, 0.5, 0.0)
    torch.testing.assert_close(scaled.total, plain.total, rtol=1e-4, atol=1e-4)
    assert loss_of(3 * truth - 1, truth, 0.5, 0.0).total < 1e-5


def test_each_picture_is_normalised_by_itself() -> None:
    far_apart = torch.stack((scene()[0], 1000 + 50 * scene()[1]))
    found = normalised(far_apart)
    torch.testing.assert_close(found.flatten(1).median(dim=1).values, torch.zeros(2), atol=1e-5, rtol=0)
    torch.testing.assert_close(found.flatten(1).abs().mean(dim=1), torch.ones(2))


def test_each_picture_is_aligned_by_least_squares() -> None:
    predicted, wanted = scene(), torch.stack((scene(1)[0], 40 * scene(1)[1] - 7))
    found = aligned(predicted, wanted)
    for estimate, target, mine in zip(predicted, wanted, found, strict=True):
        columns = torch.stack((estimate.flatten(), torch.ones(estimate.numel())), dim=1)
        fit = torch.linalg.lstsq(columns, target.flatten()[:, None]).solution
        if fit[0] > 0:
            torch.testing.assert_close(mine.flatten(), (columns @ fit)[:, 0], rtol=1e-3, atol=1e-3)


def test_what_is_the_wrong_way_round_is_not_turned_over() -> None:
    truth = scene()
    assert loss_of(-truth, truth, 0.0, 0.0).total > 0.9
    assert loss_of(truth, truth, 0.0, 0.0).total < 1e-5


def test_a_picture_of_one_depth_gives_a_finite_loss_and_gradient() -> None:
    predicted = torch.full((1, 24, 32), 2.0, requires_grad=True)
    loss = loss_of(predicted, torch.full((1, 24, 32), 0.5), 0.5, 0.1)
    loss.total.backward()
    assert torch.isfinite(loss.total)
    assert torch.isfinite(predicted.grad).all()


def test_the_tether_is_at_rest_where_the_values_are_to_be() -> None:
    truth = scene()
    assert loss_of(normalised(truth) + CENTRE, truth, 0.5, 1.0).tether == 0
    far = loss_of(1e6 * truth, truth, 0.5, 1.0)
    assert far.tether > 1e5


def test_the_gradient_term_sees_edges_that_the_mean_does_not() -> None:
    flat = torch.full((1, 16, 16), 0.5)
    rough = flat.clone()
    rough[:, ::2] = -0.5
    assert rough.abs().mean() == flat.abs().mean()
    assert gradient_loss(flat) == 0
    assert gradient_loss(rough) >= 1


def test_the_gradient_term_sees_slow_changes_on_its_coarser_grids() -> None:
    ramp = torch.arange(64.0).expand(1, 64, 64) / 64
    steps = [(ramp[:, :: 2**n, :: 2**n].diff(dim=2)).abs().mean() for n in range(4)]
    torch.testing.assert_close(gradient_loss(ramp), torch.stack(steps).sum())
