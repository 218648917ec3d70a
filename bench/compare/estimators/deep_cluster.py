# SPDX-License-Identifier: MIT
"""DeepCluster against PyTorch: a refresh of the target and a pass of updates, from the same weights."""
from datasets import image_like
from protocol import array, timed
from workload import Peer, Quality, Workload

from .autoencoder import torch_network


def torch_deep_cluster(x, sizes, batch_size, n_clusters, weight, threads, **_):
    import torch

    torch.set_num_threads(int(threads))
    samples = torch.from_numpy(array(x))
    batch_size, weight = int(batch_size), float(weight)
    widths = [samples.shape[1], *map(int, sizes.split("-"))]
    layers = torch_network(widths + widths[-2::-1]).to(samples.dtype)
    encoder, decoder = layers[:2 * len(widths) - 3], layers[2 * len(widths) - 3:]
    with torch.no_grad():
        start = encoder(samples[:int(n_clusters)])
    centers = torch.nn.Parameter(start.clone())
    learning = [*encoder.parameters(), centers, *(decoder.parameters() if weight else ())]
    optimizer = torch.optim.Adam(learning, lr=1e-3)

    def memberships(z):
        kernels = 1 / (1 + torch.cdist(z, centers, compute_mode="donot_use_mm_for_euclid_dist") ** 2)
        return kernels / kernels.sum(1, keepdim=True)

    def epoch():
        with torch.no_grad():
            q = torch.cat([memberships(encoder(block)) for block in samples.split(2048)])
            p = q ** 2 / q.sum(0)
            p /= p.sum(1, keepdim=True)
        total = 0.0
        for batch, target in zip(samples.split(batch_size), p.split(batch_size)):
            z = encoder(batch)
            loss = torch.nn.functional.kl_div(memberships(z).log(), target, reduction="batchmean")
            if weight:
                loss = loss + weight * torch.nn.functional.mse_loss(decoder(z), batch)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(batch)
        return total / len(samples)

    seconds, loss = timed(epoch)
    return dict(seconds=seconds, loss=loss)


def clustering(title, weight):
    return Workload(
        f"deep_cluster/images_10k_784/{title}",
        f"{title}, 784-500-500-2000-10, batch 256, a refresh and one epoch of clustering",
        "images_10k_784", "deep_cluster", [Peer("torch_deep_cluster", 1.2, threaded_target=1.8)],
        Quality("loss", better="equal", slack=(1e-6, 1e-3)),
        parameters=dict(sizes="500-500-2000-10", batch_size=256, n_clusters=10, weight=weight))


PEERS = {"torch_deep_cluster": torch_deep_cluster}

DATASETS = {"images_10k_784": lambda name: image_like(name, 10_000)}

WORKLOADS = [clustering("DEC", 0), clustering("IDEC", 10)]
